// Says times in the reader's own zone; without it they stand in UTC.

const FORMATS = {
  day: { dateStyle: "long" },
  minute: { day: "numeric", month: "long", year: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
};

function zoneOf(moment) {
  const parts = new Intl.DateTimeFormat("en-GB", { timeZoneName: "short" }).formatToParts(moment);
  return parts.find((part) => part.type === "timeZoneName").value;
}

for (const time of document.querySelectorAll("time[data-local]")) {
  const moment = new Date(time.dateTime);
  const said = new Intl.DateTimeFormat("en-GB", FORMATS[time.dataset.local]).format(moment).replace(" at ", ", ");
  time.textContent = time.dataset.local === "minute" ? `${said} (your time zone, ${zoneOf(moment)})` : said;
}
