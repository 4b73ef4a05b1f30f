// open311 (npm), of 2012. Its XML half needs sparkxml, which no registry has: JSON, its default.
const Open311 = require("open311");
const FACTS = JSON.parse(process.argv[2]);

function say(call, ok, said) {
  console.log(JSON.stringify({ call, ok: Boolean(ok), said: String(said).slice(0, 160) }));
}

function made(call, start, right) {
  return new Promise((done) => {
    const after = (err, data) => {
      let ok = false;
      try {
        ok = right(err, data);
      } catch (problem) {
        data = problem;
      }
      const first = Array.isArray(data) ? data[0] : data;
      const name = first && (first.service_request_id || first.service_code || first.changeset);
      say(call, ok, Array.isArray(data) ? `${data.length} rows, first ${name}` : name || data);
      done(data);
    };
    try {
      start(after);
    } catch (problem) {
      say(call, false, problem);
      done(null);
    }
  });
}

async function main() {
  const city = new Open311({
    discovery: FACTS.endpoint.replace("/v2", "") + "/discovery.json",
    jurisdiction: FACTS.jurisdiction,
    apiKey: FACTS.api_key,
  });
  await made(
    "serviceDiscovery",
    (after) => city.serviceDiscovery({ cache: true }, after),
    (err, found) => !err && found.endpoints.length >= 1 && city.endpoint.startsWith(FACTS.endpoint),
  );
  await made(
    "serviceList",
    (after) => city.serviceList(after),
    (err, found) => !err && found.some((each) => each.service_code === FACTS.service),
  );
  await made(
    "serviceDefinition",
    (after) => city.serviceDefinition(FACTS.service, after),
    (err, found) => !err && found.attributes.length > 0,
  );
  const filed = await made(
    "submitRequest",
    (after) =>
      city.submitRequest(
        {
          service_code: FACTS.service,
          lat: FACTS.lat,
          long: FACTS.long,
          description: "open311 of npm: a hole",
          attributes: FACTS.attributes,
        },
        after,
      ),
    (err, found) => !err && found[0].service_request_id,
  );
  const mine = filed && filed[0] ? filed[0].service_request_id : "none";
  await made(
    "serviceRequest(id)",
    (after) => city.serviceRequest(mine, after),
    (err, found) => !err && found[0].service_request_id === mine,
  );
  await made(
    "serviceRequests(ids)",
    (after) => city.serviceRequests(FACTS.ids, after),
    (err, found) => !err && found.length === FACTS.ids.length,
  );
  await made(
    "serviceRequests(filters)",
    (after) => city.serviceRequests({ service_code: FACTS.service, status: "open" }, after),
    (err, found) => !err && found.every((each) => each.requested_datetime instanceof Date),
  );
  await made(
    "token",
    (after) => city.token("unknown", after),
    (err) => Boolean(err),
  );
}

main();
