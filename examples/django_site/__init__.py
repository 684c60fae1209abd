"""A small Django site whose books are in its own database, in its own transactions.

python -m examples.django_site migrate
python -m examples.django_site test examples.django_site
python -m examples.django_site createsuperuser && python -m examples.django_site runserver
"""
