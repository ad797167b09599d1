// Shows /openapi.json with Swagger UI. A file of its own, because the page's content security
// policy allows no script inside the page.
window.SwaggerUIBundle({
  url: '/openapi.json',
  dom_id: '#reference',
  deepLinking: true,
  // Nothing about the API, and no token typed here, may leave for another host or outlive the page.
  validatorUrl: null,
  persistAuthorization: false,
  queryConfigEnabled: false,
});
