/** Turns wheel, drag, pinch and keys on the canvas into movements of the camera, and clicks into `on` calls. */

const WHEEL = 0.0018;
const KEY_PAN_PX = 90;
const STEP = 1.6; // of + and - and the buttons
const CLICK_PX = 6; // a pointer that moves less has clicked
const DOUBLE_MS = 350;
const ARROWS = { ArrowLeft: [1, 0], ArrowRight: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

/** `on`: changed(), hover(x, y), leave(), click(x, y), open(x, y), key(name), loop(kind, event), isLoop(event). */
export function listen(canvas, camera, on) {
  const pointers = new Map();
  let moved = 0;
  let looping = false;
  let lastClick = { time: -Infinity, x: 0, y: 0 };
  const at = (event) => {
    const box = canvas.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };

  canvas.addEventListener("wheel", (event) => {
    event.preventDefault();
    const unit = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1;
    camera.zoomAt(Math.exp(-event.deltaY * unit * WHEEL), ...at(event));
    on.changed();
  }, { passive: false }); // prettier-ignore

  canvas.addEventListener("pointerdown", (event) => {
    if (event.button > 0) return;
    canvas.setPointerCapture(event.pointerId);
    pointers.set(event.pointerId, at(event));
    if (pointers.size === 1) {
      moved = 0;
      looping = on.isLoop(event);
      if (looping) on.loop("begin", at(event), event);
    } else if (looping) {
      looping = false;
      on.loop("cancel");
    }
  });

  canvas.addEventListener("pointermove", (event) => {
    const [x, y] = at(event);
    const before = pointers.get(event.pointerId);
    if (!before) {
      if (event.pointerType !== "touch") on.hover(x, y);
      return;
    }
    moved += Math.hypot(x - before[0], y - before[1]);
    if (looping) on.loop("move", [x, y], event);
    else if (pointers.size === 1 && moved > CLICK_PX) drag(x - before[0], y - before[1]);
    else if (pointers.size === 2) pinch(event.pointerId, [x, y]);
    pointers.set(event.pointerId, [x, y]);
  });

  function drag(dx, dy) {
    camera.pan(dx, dy);
    on.leave();
    on.changed();
  }

  function pinch(id, now) {
    const [other] = [...pointers].filter(([key]) => key !== id).map(([, place]) => place);
    const before = pointers.get(id);
    const factor = Math.hypot(now[0] - other[0], now[1] - other[1]) /
      Math.max(Math.hypot(before[0] - other[0], before[1] - other[1]), 1); // prettier-ignore
    moved = Infinity;
    camera.pan((now[0] - before[0]) / 2, (now[1] - before[1]) / 2);
    camera.zoomAt(factor, (now[0] + other[0]) / 2, (now[1] + other[1]) / 2);
    on.changed();
  }

  function end(event, isDone) {
    if (!pointers.delete(event.pointerId)) return;
    const [x, y] = at(event);
    if (looping) {
      looping = false;
      on.loop(isDone ? "end" : "cancel", [x, y], event);
    } else if (isDone && moved <= CLICK_PX && pointers.size === 0) click(event, x, y);
  }

  function click(event, x, y) {
    const isDouble = event.timeStamp - lastClick.time < DOUBLE_MS && Math.hypot(x - lastClick.x, y - lastClick.y) < 20;
    lastClick = { time: isDouble ? -Infinity : event.timeStamp, x, y };
    if (isDouble) on.open(x, y);
    else on.click(x, y, event);
  }

  canvas.addEventListener("pointerup", (event) => end(event, true));
  canvas.addEventListener("pointercancel", (event) => end(event, false));
  canvas.addEventListener("pointerleave", () => on.leave());

  canvas.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const arrow = ARROWS[event.key];
    if (arrow) camera.pan(arrow[0] * KEY_PAN_PX, arrow[1] * KEY_PAN_PX);
    else if (event.key === "+" || event.key === "=") zoomMiddle(camera, STEP);
    else if (event.key === "-") zoomMiddle(camera, 1 / STEP);
    else if (event.key === "0" || event.key === "Home") camera.goHome();
    else if (event.key !== "Enter" && event.key !== "Escape") return;
    event.preventDefault();
    on.key(event.key);
    on.changed();
  });
}

export function zoomMiddle(camera, factor) {
  camera.zoomAt(factor, camera.width / 2, camera.height / 2);
}

export { STEP };
