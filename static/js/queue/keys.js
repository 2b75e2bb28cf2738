// One key for each act, where nobody types.

// A box that has just been ticked with the mouse is no place to type in.
const isTyping = (target) => target.closest('input:not([type="checkbox"]), select, textarea') !== null;
const hasOwnEnter = (target) => target.closest("a, button, summary, select, textarea") !== null;

export function listenToKeys(acts) {
  window.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || !(event.target instanceof Element)) return;
    if (event.key === "Escape" && isTyping(event.target)) event.target.blur();
    if (document.body.dataset.keys === "off" && event.key.length === 1) return;
    const act = acts[event.key];
    if (!act || isTyping(event.target) || document.querySelector("#keys:popover-open")) return;
    if (event.key === "Enter" && hasOwnEnter(event.target)) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  }, { capture: true });
}
