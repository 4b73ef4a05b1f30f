/** The page for an address that leads nowhere. */

import { Api } from "./api.ts";
import { Page } from "./page.ts";

const page: Page = new Page(new Api((input, init) => fetch(input, init)), dress);

function dress(): void {
  page.title(page.say("lost.title"));
}

dress();
void page.meet();
