// What a page without this script would not tell: that a partial update failed, or that
// the device is offline. Everything else works by links and forms.
(() => {
  const note = document.getElementById("failure");
  if (!note) return;
  const show = (what) => {
    note.hidden = !what;
    for (const name of ["offline", "failed"]) {
      note.querySelector(`[data-${name}]`).hidden = name !== what;
    }
  };
  // Panels refresh themselves in the background: their failure interrupts nobody.
  const failed = (event) => {
    if (!event.target.closest?.("[data-quiet]")) show(navigator.onLine ? "failed" : "offline");
  };
  for (const name of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
    document.addEventListener(name, failed);
  }
  document.addEventListener("htmx:afterSwap", () => show(""));
  window.addEventListener("offline", () => show("offline"));
  window.addEventListener("online", () => show(""));
})();

// A stepper is a number field; its two buttons appear where they can work.
(() => {
  const turn = (button) => {
    const count = button.parentElement.querySelector("input");
    count[button.dataset.step === "up" ? "stepUp" : "stepDown"]();
    count.dispatchEvent(new Event("change", { bubbles: true }));
  };
  const ready = (root) => {
    for (const button of root.querySelectorAll("[data-step][hidden]")) button.hidden = false;
  };
  ready(document);
  document.addEventListener("htmx:afterSettle", (event) => ready(event.target));
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-step]");
    if (button) turn(button);
  });
})();
