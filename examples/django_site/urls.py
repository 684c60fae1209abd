"""The addresses of the site."""

from django.contrib import admin
from django.urls import path

from examples.django_site.books import views

urlpatterns = [
    path("admin/", admin.site.urls),
    path("", views.home, name="home"),
    path("work/", views.log_work, name="log"),
    path("join/", views.join, name="join"),
]
