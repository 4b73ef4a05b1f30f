/** The start page: a form to track, and how to reach the city. */

import { Api } from "./api.ts";
import { FindForm, Page } from "./page.ts";

const api = new Api((input, init) => fetch(input, init));
const page: Page = new Page(api, dress);
const form = new FindForm(page, (id) => location.assign(`/track/#${id}`));

function dress(): void {
  page.title(page.say("start.title"));
  form.dress();
}

dress();
void page.meet();
