/** Unambiguous date formats. */
const FORMS: readonly RegExp[] = [
  /^(?<year>\d{4})[-/.](?<month>\d{1,2})[-/.](?<day>\d{1,2})$/,
  /^(?<year>\d{4})[-/.](?<month>\d{1,2})[-/.](?<day>\d{1,2})(?:[ T]+)(?<time>\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)\s*(?<zone>Z|UTC|[+-]\d{2}:?\d{2})?$/i,
  /^(?<year>\d{4})年(?<month>\d{1,2})月(?<day>\d{1,2})日$/,
  /^(?<name>[a-z]{3,9})\.? (?<day>\d{1,2})(?:st|nd|rd|th)?,? (?<year>\d{4})$/i,
  /^(?<day>\d{1,2})(?:st|nd|rd|th)? (?<name>[a-z]{3,9})\.?,? (?<year>\d{4})$/i,
];

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"] as const;

/** A date in ISO 8601; `undefined` when the text is none, or one that may mean two days. */
export function isoDate(text: string): string | undefined {
  for (const form of FORMS) {
    const { year, month, name, day, time, zone } = form.exec(text.trim())?.groups ?? {};
    const number = month ?? monthNumber(name);
    if (year === undefined || number === undefined || day === undefined) continue;
    const date = `${year}-${number.padStart(2, "0")}-${day.padStart(2, "0")}`;
    if (!isDay(date)) return undefined;
    return time === undefined ? date : `${date}T${isoTime(time)}${isoZone(zone)}`;
  }
  return undefined;
}

function monthNumber(name: string | undefined): string | undefined {
  const at = MONTHS.findIndex((month) => name?.toLowerCase().startsWith(month));
  return at === -1 ? undefined : String(at + 1);
}

/** No 30th of February. */
const isDay = (date: string): boolean => {
  const at = new Date(`${date}T00:00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(date);
};

function isoTime(time: string): string {
  const [hours = "", minutes = "", seconds = "00"] = time.split(":");
  return `${hours.padStart(2, "0")}:${minutes}:${seconds}`;
}

function isoZone(zone: string | undefined): string {
  if (zone === undefined) return "";
  return /^(?:z|utc)$/i.test(zone) ? "Z" : zone.replace(/^([+-]\d{2}):?(\d{2})$/, "$1:$2");
}
