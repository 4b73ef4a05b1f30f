// An address without a file extension is a page: /track/ and /track both mean /track/index.html.
// The API and the photos are other behaviours of the distribution and never pass here.
function handler(event) {
  var request = event.request;
  if (request.uri.endsWith('/')) {
    request.uri += 'index.html';
  } else if (request.uri.lastIndexOf('.') < request.uri.lastIndexOf('/')) {
    request.uri += '/index.html';
  }
  return request;
}
