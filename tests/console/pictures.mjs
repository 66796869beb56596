// Renews the pictures of the documentation, in the folder that is given.

import { openPage, row, startBrowser, startProcess } from "./process.mjs";

const folder = process.argv[2];
const RECORDS = [
  "INFO shop.http GET /orders/17 200",
  "DEBUG shop.db selected 3 rows of orders",
  "DEBUG botocore.client.S3 PUT /photos/kitten.jpg",
  "INFO shop.http POST /orders 201",
  "WARNING urllib3.connectionpool retrying after 503, 2 of 5",
  "INFO shop.payments.card charged order 18",
  "DEBUG shop.db selected 1 row of stock",
  "INFO shop.http GET /stock/4 200",
  "ERROR shop.payments.card declined: insufficient funds",
];

const shop = await startProcess();
await shop.send("set root INFO");
await shop.send("loggers shop.http shop.db.pool shop.payments.card boto3.session urllib3.connectionpool");
await shop.send("loggers botocore.client.S3 botocore.hooks botocore.retries hyper.client");
const browser = await startBrowser();
const size = { width: 1440, height: 600 };
const light = await openPage(browser, shop.url, { colorScheme: "light", viewport: size });
const set = async (name, level, time = "until changed") => {
  await light.getByLabel("A level lasts").selectOption(time);
  await light.getByRole("button", { name: `Set ${name} to ${level}`, exact: true }).click();
  await row(light, name).getByText("set here").waitFor();
};
await set("shop.db", "DEBUG");
await set("botocore.hooks", "WARNING");
await set("botocore", "DEBUG", "10 minutes");
const dark = await openPage(browser, `${shop.url}&view=tail`, { colorScheme: "dark", viewport: size });
await dark.locator("#tail").waitFor();
for (let at = 0; at < 200; at += 1) {
  await shop.send(`log ${RECORDS[(at * 7 + (at >> 2)) % RECORDS.length]}`);
  await dark.waitForTimeout(100 + 80 * Math.sin(at / 9));
}
await light.locator("#logger-scroll").evaluate((scroll) => scroll.scrollTo(0, 0));
await dark.mouse.move(0, 0);
await light.mouse.move(0, 0);
await light.screenshot({ path: `${folder}/console-light.png` });
await dark.screenshot({ path: `${folder}/console-dark.png` });
await browser.close();
await shop.end();
