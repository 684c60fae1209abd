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

// What was typed or chosen while the page was loading is sought as if it came now.
const first = (select) => Math.max(0, [...select.options].findIndex((it) => it.defaultSelected));
const changed = (field) => field.options ? field.selectedIndex !== first(field) : field.value !== field.defaultValue;
document.addEventListener("DOMContentLoaded", () => {
  for (const form of document.querySelectorAll("form.seek"))
    [...form.elements].find(changed)?.dispatchEvent(new Event("input", { bubbles: true }));
});
