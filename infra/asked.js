// What a caller asks for, in as few words as there are answers: the cache keeps one copy of each.
// The suffix of an Open311 address decides the format, also of what the gateway says by itself.
// A body that no function could be handed is refused here, where it can be said in that format.
var languages = LANGUAGES;
var largest = LARGEST;
var words = WORDS;

function handler(event) {
  var request = event.request;
  var wanted = format(request.uri, text(request.headers.accept));
  if (parseInt(text(request.headers['content-length']) || '0', 10) > largest) {
    return tooLarge(request.uri, wanted, event.context.requestId);
  }
  request.headers.accept = { value: wanted };
  var language = spoken(text(request.headers['accept-language']));
  if (language) {
    request.headers['accept-language'] = { value: language };
  } else {
    delete request.headers['accept-language'];
  }
  return request;
}

// Status 400: some clients of Open311 read the text of no other.
function tooLarge(uri, type, id) {
  var said = [{ code: 400, description: words, reason: 'too_large' }];
  if (uri.indexOf('/open311') !== 0) {
    var entry = { field: 'body', message: words, reason: 'too_large', call: null };
    said = { errors: [entry], request_id: id };
  }
  var body = JSON.stringify(said);
  if (type === 'text/xml') {
    body = '<?xml version="1.0" encoding="utf-8"?>\n<errors><error><code>400</code><description>'
      + words + '</description></error></errors>';
  }
  return {
    statusCode: 400,
    statusDescription: 'Bad Request',
    headers: {
      'content-type': { value: type + '; charset=utf-8' },
      'cache-control': { value: 'no-store' },
      'access-control-allow-origin': { value: '*' },
      'x-request-id': { value: id },
    },
    body: { encoding: 'text', data: body },
  };
}

function text(header) {
  return header ? header.value.toLowerCase() : '';
}

function format(uri, accept) {
  if (uri.indexOf('/open311') !== 0) {
    return 'application/json';
  }
  var suffix = /\.(json|xml)\/*$/i.exec(uri);
  if (suffix) {
    return suffix[1].toLowerCase() === 'json' ? 'application/json' : 'text/xml';
  }
  var last = uri.replace(/\/+$/, '').split('/').pop();
  var json = accept.indexOf('json') >= 0 && last.indexOf('.') < 0;
  return json ? 'application/json' : 'text/xml';
}

// The city's language that the caller likes best; of two that are liked alike, the first.
function spoken(header) {
  var best = '';
  var liked = 0;
  header.split(',').forEach(function (part) {
    var found = /^\s*([a-z]{1,8}(?:-[a-z0-9]{1,8})*)\s*(?:;\s*q=([01](?:\.\d{0,3})?))?\s*$/.exec(part);
    var weight = found ? (found[2] === undefined ? 1 : parseFloat(found[2])) : 0;
    var known = weight > liked ? ours(found[1]) : '';
    if (known) {
      best = known;
      liked = weight;
    }
  });
  return best;
}

function ours(tag) {
  for (var i = 0; i < languages.length; i += 1) {
    var known = languages[i].toLowerCase();
    if (tag === known || tag.split('-')[0] === known) {
      return languages[i];
    }
  }
  return '';
}
