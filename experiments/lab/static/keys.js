// The keyboard: what each key asks for. Keys typed into a field, or meant for a button, are left alone; <html
// data-letters="off"> switches off those of a single letter, which get in the way of some ways to speak to a computer.

const FIELDS = "input:not([type=range]), textarea, select, [contenteditable=true]";
const PRESSED = "button, summary, a[href], [role=option], [role=tab], [role=menuitem]";

// asks: {toggle(), step(quarters), goTo(quarter), last(), list(), close() -> whether anything was open}
// Works for keys pressed inside the viewer, and for those that are pressed nowhere in particular. signal: ends it
export function listenToKeys(root, scrub, signal, asks) {
  document.addEventListener("keydown", (event) => {
    const { target } = event;
    const here = root.contains(target) || target === document.body;
    if (!root.isConnected || !here || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) {
      return;
    }
    if (event.key === "Escape" ? asks.close() : handled(event, target, scrub, asks)) {
      event.preventDefault();
    }
  }, { signal });
}

function handled(event, target, scrub, asks) {
  const slider = target instanceof HTMLInputElement && target.type === "range" && target !== scrub;
  if (slider || target.closest?.(FIELDS)) {
    return false;
  }
  if (event.key === " ") {
    if (target.closest?.(PRESSED)) {
      return false;
    }
    asks.toggle();
    return true;
  }
  const size = event.shiftKey ? 4 : 1;
  const what = {
    ArrowLeft: () => asks.step(-size),
    ArrowRight: () => asks.step(size),
    Home: () => asks.goTo(0),
    End: () => asks.last(),
    e: document.documentElement.dataset.letters === "off" ? undefined : () => asks.list(),
  }[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  what?.();
  return what !== undefined;
}
