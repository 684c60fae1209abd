// What htmx has fetched into the dialog is shown as one; its link to cancel closes it.
const dialog = document.getElementById("dialog");
document.addEventListener("htmx:afterSwap", (event) => event.target === dialog && !dialog.open && dialog.showModal());
dialog.addEventListener("click", (event) => {
  if (event.target === dialog || event.target.closest(".close")) {
    event.preventDefault();
    dialog.close();
  }
});
dialog.addEventListener("close", () => dialog.replaceChildren());
