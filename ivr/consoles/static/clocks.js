// Clocks of a page: since when, and until when, by the service's time.

let ahead = 0; // seconds that the service's clock is ahead of this computer's

export function set(node) {
  if (node) ahead = Number(node.dataset.now) - Date.now() / 1000;
}

export function span(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const two = (number) => String(number).padStart(2, "0");
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  return hours ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

export function tick(root) {
  const now = Date.now() / 1000 + ahead;
  for (const each of root.querySelectorAll("[data-since]")) each.textContent = span(now - Number(each.dataset.since));
  for (const each of root.querySelectorAll("[data-due]")) {
    const left = Number(each.dataset.due) - now;
    each.textContent = left > 0 ? `${left > 7200 ? `${Math.floor(left / 3600)} 小时` : span(left)} 后` : "到时";
    each.classList.toggle("late", left <= 0);
  }
}
