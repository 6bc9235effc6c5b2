import { wordSet } from "./word-set.ts";

/** Units, months, weekdays and times of day: they measure what a chat is about and never name it. */
export const MEASURES: ReadonlySet<string> = wordSet(`
  kb mb gb tb kib mib gib byte bytes bit bits ms sec secs min mins hr hrs hour mm cm km kg mg ml kw kwh hz khz mhz ghz px pt
  em rem eur usd euro dollar percent degree metre meter litre liter gram inch foot feet mile cup tbsp tsp
  january february march april may june july august september october november december
  jan feb mar apr jun jul aug sep sept oct nov dec
  monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs fri sat sun
  weekday weekend weekly daily hourly monthly yearly annual nightly midnight noon night afternoon spring summer autumn
  fall winter quarter decade century date calendar
  月曜 火曜 水曜 木曜 金曜 土曜 日曜 月曜日 火曜日 水曜日 木曜日 金曜日 土曜日 日曜日 曜日 平日 週末 祝日 休日 午前 午後 早朝
  夕方 深夜 毎朝 毎晩 毎週 今週 来週 先週 毎月 今月 来月 先月 月末 年末 毎年 今年 来年 昨年 週間 時間帯 半日 数日 数分 目前
`);
