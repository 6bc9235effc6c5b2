/**
 * `2026-01-19 14:30:52 +01:00`: a time as clocks here show it, and how far they are from UTC (`UTC` where they show that).
 * What people read is in their own time; what programs read stays ISO 8601.
 */
export function localTime(time: Date): string {
  if (Number.isNaN(time.getTime())) return "an unknown time";
  const date = [time.getFullYear(), time.getMonth() + 1, time.getDate()].map(digits).join("-");
  const clock = [time.getHours(), time.getMinutes(), time.getSeconds()].map(digits).join(":");
  return `${date} ${clock} ${zoneOf(time)}`;
}

/** Of that time: it differs between summer and winter. */
function zoneOf(time: Date): string {
  const east = -Math.round(time.getTimezoneOffset());
  if (east === 0) return "UTC";
  const minutes = Math.abs(east);
  return `${east < 0 ? "-" : "+"}${digits(Math.floor(minutes / 60))}:${digits(minutes % 60)}`;
}

const digits = (n: number): string => String(n).padStart(2, "0");
