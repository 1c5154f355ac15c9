// Every page. Nothing here is needed for a form to work: without JavaScript the server does the same.

import { Button, ErrorSummary, ServiceNavigation, createAll } from "govuk-frontend";

document.body.classList.add("js-enabled", "govuk-frontend-supported");

createAll(Button, { preventDoubleClick: true });
createAll(ErrorSummary);
createAll(ServiceNavigation);

// What only a script can do is not shown where there is none.
for (const button of document.querySelectorAll("[data-script]")) button.hidden = false;

for (const button of document.querySelectorAll("[data-print]")) {
  button.addEventListener("click", () => window.print());
}
