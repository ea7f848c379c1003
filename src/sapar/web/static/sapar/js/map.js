// Closer and farther on a map that the server has drawn; without this file the whole world is shown.

for (const frame of document.querySelectorAll("[data-map]")) {
  const drawing = frame.querySelector("svg");
  const whole = drawing.viewBox.baseVal;
  const [width, height] = [whole.width, whole.height];
  let [x, y, closer] = [0, 0, 1];
  let moved = false;

  const show = () => {
    const [w, h] = [width / closer, height / closer];
    x = Math.min(Math.max(x, 0), width - w);
    y = Math.min(Math.max(y, 0), height - h);
    drawing.setAttribute("viewBox", `${x} ${y} ${w} ${h}`);
    frame.classList.toggle("map-close", closer > 1);
  };

  // The point under the pointer stays where it is.
  const zoom = (factor, atX = 0.5, atY = 0.5) => {
    const next = Math.min(Math.max(closer * factor, 1), 12);
    x += width * atX * (1 / closer - 1 / next);
    y += height * atY * (1 / closer - 1 / next);
    closer = next;
    show();
  };

  const steps = { in: 1.6, out: 1 / 1.6, whole: 0 };
  frame.querySelector(".map-zoom").hidden = false;
  frame.addEventListener("click", (event) => {
    const button = event.target.closest("[data-zoom]");
    if (button) zoom(steps[button.dataset.zoom]);
    if (moved && event.target.closest("svg")) event.preventDefault();
  });
  drawing.addEventListener("dblclick", (event) => {
    const box = drawing.getBoundingClientRect();
    zoom(1.6, (event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height);
  });
  drawing.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    const box = drawing.getBoundingClientRect();
    zoom(event.deltaY < 0 ? 1.2 : 1 / 1.2, (event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height);
  }, { passive: false });
  drawing.addEventListener("pointerdown", (event) => {
    if (closer === 1 || event.button !== 0) return;
    const scale = width / closer / drawing.getBoundingClientRect().width;
    const from = { x, y, atX: event.clientX, atY: event.clientY };
    moved = false;
    const drag = (now) => {
      if (Math.hypot(now.clientX - from.atX, now.clientY - from.atY) > 4) moved = true;
      x = from.x - (now.clientX - from.atX) * scale;
      y = from.y - (now.clientY - from.atY) * scale;
      show();
    };
    const end = () => {
      window.removeEventListener("pointermove", drag);
      window.removeEventListener("pointerup", end);
    };
    window.addEventListener("pointermove", drag);
    window.addEventListener("pointerup", end);
  });
  drawing.addEventListener("dragstart", (event) => event.preventDefault());
}
