// Draws the API's schema into the page. A file of its own, so that the page needs no
// inline script and keeps a strict content security policy.
const place = document.getElementById("api");
window.SwaggerUIBundle({
  url: place.dataset.schema,
  domNode: place,
  deepLinking: true,
  tryItOutEnabled: false,
  validatorUrl: null,
});
