/* global document, matchMedia, SwaggerUIBundle */
'use strict';

const dark = matchMedia('(prefers-color-scheme: dark)');
const follow = () => document.documentElement.classList.toggle('dark-mode', dark.matches);
follow();
dark.addEventListener('change', follow);

const place = document.getElementById('reference');
SwaggerUIBundle({
  domNode: place,
  url: place.dataset.document,
  deepLinking: true,
  tryItOutEnabled: true,
  displayRequestDuration: true,
  // Tokens are forgotten with the page; without this they would lie in the browser's storage.
  persistAuthorization: false,
  // By default a badge is fetched from a server of Swagger's.
  validatorUrl: null,
});
