/** Every text of the pages, in every language they speak. `{name}` is filled in. */

export const LANGUAGES = ["en", "es"] as const;
export type Language = (typeof LANGUAGES)[number];

const WORDS = {
  "site.name": { en: "City 311", es: "Ciudad 311" },
  "site.named": { en: "{city} 311", es: "{city} 311" },
  "site.skip": { en: "Skip to the content", es: "Ir al contenido" },
  "site.languages": { en: "Language", es: "Idioma" },
  "site.help": { en: "Do you need help?", es: "¿Necesita ayuda?" },
  "site.call": {
    en: "Call 311 in the city and say your tracking number.",
    es: "Llame al 311 en la ciudad y diga su número de seguimiento.",
  },
  "site.emergency": {
    en: "Is somebody in danger? Call your emergency number now.",
    es: "¿Hay alguien en peligro? Llame ahora al número de emergencias.",
  },
  "site.emergencyAt": {
    en: "Is somebody in danger? Call {number} now.",
    es: "¿Hay alguien en peligro? Llame ahora al {number}.",
  },
  "site.noscript": {
    en: "This page needs JavaScript, and your browser has none. Call 311 and say your tracking number: a person tells you where your request stands.",
    es: "Esta página necesita JavaScript y su navegador no lo tiene. Llame al 311 y diga su número de seguimiento: una persona le dirá cómo va su solicitud.",
  },

  "start.title": { en: "311 for residents", es: "311 para residentes" },
  "start.lead": {
    en: "Tell the city what is broken, and see what becomes of it.",
    es: "Dígale a la ciudad qué está mal y vea qué pasa con su solicitud.",
  },
  "start.report": { en: "Report something", es: "Informar de un problema" },
  "start.reportHow": {
    en: "Call 311, or use any app that speaks Open311. You get a tracking number at once.",
    es: "Llame al 311 o use cualquier aplicación compatible con Open311. Recibirá enseguida un número de seguimiento.",
  },

  "find.title": { en: "Track a request", es: "Seguir una solicitud" },
  "find.another": { en: "Track another request", es: "Seguir otra solicitud" },
  "find.lead": {
    en: "Type the tracking number you were given. Or open the link in the city's message: it shows more.",
    es: "Escriba el número de seguimiento que recibió. O abra el enlace del mensaje de la ciudad: muestra más.",
  },
  "find.label": { en: "Tracking number", es: "Número de seguimiento" },
  "find.hint": {
    en: "9 letters and digits, such as 7H2K9MQ4X",
    es: "9 letras y números, por ejemplo 7H2K9MQ4X",
  },
  "find.go": { en: "Show the request", es: "Ver la solicitud" },
  "find.empty": { en: "Type your tracking number.", es: "Escriba su número de seguimiento." },
  "find.wrong": {
    en: "This is not a tracking number. Check each of its 9 letters and digits.",
    es: "Esto no es un número de seguimiento. Revise cada una de sus 9 letras y números.",
  },

  "wait.title": { en: "Request {id}", es: "Solicitud {id}" },
  "wait.text": { en: "One moment: we are looking it up.", es: "Un momento: la estamos buscando." },

  "view.request": { en: "Request", es: "Solicitud" },
  "view.status": { en: "Where it stands", es: "Cómo va" },
  "view.updated": { en: "Changed on {when}.", es: "Último cambio: {when}." },
  "view.checked": { en: "Looked up at {time}.", es: "Consultado a las {time}." },
  "view.look": { en: "Look again", es: "Consultar de nuevo" },
  "view.looking": { en: "Looking…", es: "Consultando…" },
  "view.announce": { en: "Request {id}: {status}.", es: "Solicitud {id}: {status}." },
  "view.changed": { en: "The request has changed: {status}.", es: "La solicitud ha cambiado: {status}." },
  "view.public": {
    en: "You see what anybody can see. To read the city's messages and to answer, open the link in the message the city sent you.",
    es: "Usted ve lo que puede ver cualquier persona. Para leer los mensajes de la ciudad y responder, abra el enlace del mensaje que le envió la ciudad.",
  },
  "view.stale": {
    en: "We cannot reach the city just now. This is how it stood at {time}. We keep trying.",
    es: "Ahora no podemos comunicarnos con la ciudad. Así estaba a las {time}. Seguimos intentándolo.",
  },

  "status.received": { en: "Received", es: "Recibida" },
  "status.in_progress": { en: "In progress", es: "En curso" },
  "status.resolved": { en: "Resolved", es: "Resuelta" },
  "meaning.received": {
    en: "We have your request and are passing it to the people who do the work.",
    es: "Tenemos su solicitud y la estamos pasando a quienes harán el trabajo.",
  },
  "meaning.in_progress": {
    en: "A department has taken it on.",
    es: "Un departamento se está encargando.",
  },
  "meaning.resolved": { en: "The city has given its answer.", es: "La ciudad ha dado su respuesta." },
  "step.done": { en: "done", es: "hecho" },
  "step.now": { en: "now", es: "ahora" },
  "step.next": { en: "to come", es: "pendiente" },

  "fact.service": { en: "Service", es: "Servicio" },
  "fact.promise": { en: "Promised by", es: "Prometida para el" },
  "fact.promiseWas": { en: "Was promised by", es: "Se prometió para el" },
  "fact.noPromise": { en: "No date yet", es: "Todavía sin fecha" },
  "fact.late": {
    en: "This is later than we promised. We are sorry.",
    es: "Vamos con retraso respecto a lo prometido. Lo sentimos.",
  },
  "fact.department": { en: "Department", es: "Departamento" },
  "fact.noDepartment": { en: "Not decided yet", es: "Todavía sin decidir" },
  "fact.reported": { en: "Reported on", es: "Fecha del informe" },
  "fact.place": { en: "Place", es: "Lugar" },

  "outcome.fixed": { en: "It is fixed.", es: "Está reparado." },
  "outcome.could_not_find": {
    en: "We looked and could not find it.",
    es: "Fuimos a ver y no lo encontramos.",
  },
  "outcome.no_access": { en: "We could not get to it.", es: "No pudimos llegar al lugar." },
  "outcome.not_ours": {
    en: "This is not the city's to do.",
    es: "Esto no le corresponde a la ciudad.",
  },
  "outcome.duplicate": {
    en: "We already know of it, and work goes on under another number.",
    es: "Ya lo sabíamos; el trabajo sigue con otro número.",
  },
  "outcome.planned": { en: "It is planned for later.", es: "Está planeado para más adelante." },
  "outcome.declined": { en: "The city will not do this.", es: "La ciudad no lo hará." },
  "outcome.answered": { en: "Here is the answer.", es: "Esta es la respuesta." },
  "outcome.whose": { en: "Responsible: {whose}", es: "Responsable: {whose}" },
  "outcome.until": { en: "Planned for {day}", es: "Planeado para el {day}" },
  "outcome.other": { en: "Open request {id}", es: "Abrir la solicitud {id}" },
  "message.from": { en: "Message from the city", es: "Mensaje de la ciudad" },

  "word.isItDone": { en: "Is it done?", es: "¿Está hecho?" },
  "word.isItRight": { en: "Is this answer right?", es: "¿Es correcta esta respuesta?" },
  "word.stillWrong": { en: "Is it still not right?", es: "¿Todavía no está bien?" },
  "word.ask": {
    en: "Have a look and tell us. If it is not done, somebody else goes and looks at it.",
    es: "Mire y díganos. Si no está hecho, otra persona irá a verlo.",
  },
  "word.askRight": {
    en: "Tell us whether you agree. If you do not, somebody else looks at it again.",
    es: "Díganos si está de acuerdo. Si no lo está, otra persona lo revisará.",
  },
  "word.askClosed": {
    en: "This request is closed. If that is wrong, we open it again.",
    es: "Esta solicitud está cerrada. Si es un error, la abrimos de nuevo.",
  },
  "word.yesDone": { en: "Yes, it is done", es: "Sí, está hecho" },
  "word.yesRight": { en: "Yes, that is right", es: "Sí, es correcta" },
  "word.no": { en: "No, it is not", es: "No" },
  "word.why": { en: "What is not right?", es: "¿Qué no está bien?" },
  "word.whyHint": {
    en: "Say what you see there now. Leave out names and telephone numbers.",
    es: "Diga qué ve ahora en el lugar. No escriba nombres ni teléfonos.",
  },
  "word.send": { en: "Send: it is not done", es: "Enviar: no está hecho" },
  "word.sendWrong": { en: "Send: that is not right", es: "Enviar: no es correcta" },
  "word.cancel": { en: "Cancel", es: "Cancelar" },
  "word.sending": { en: "Sending…", es: "Enviando…" },
  "word.empty": {
    en: "Tell us what is not right, so that the crew knows what to look for.",
    es: "Díganos qué no está bien, para que el equipo sepa qué buscar.",
  },
  "word.tooLong": {
    en: "This is too long by {count} characters. Shorten it to {most}.",
    es: "Sobran {count} caracteres. Acórtelo a {most}.",
  },
  "word.confirmed": { en: "Thank you. It is closed.", es: "Gracias. Queda cerrada." },
  "word.confirmedMore": {
    en: "We are glad that we could help. If it comes back, open this page and tell us.",
    es: "Nos alegra haber podido ayudar. Si vuelve a pasar, abra esta página y díganoslo.",
  },
  "word.disputed": { en: "Thank you. It is open again.", es: "Gracias. La hemos abierto de nuevo." },
  "word.disputedMore": {
    en: "Somebody else looks at it now. We write to you when there is news.",
    es: "Ahora la revisa otra persona. Le escribiremos cuando haya novedades.",
  },
  "word.notSent": {
    en: "This was not sent: we cannot reach the city. What you wrote is still here. Try again.",
    es: "No se envió: no podemos comunicarnos con la ciudad. Lo que escribió sigue aquí. Inténtelo de nuevo.",
  },
  "word.overtaken": {
    en: "The request has changed meanwhile. Read what is new, then answer.",
    es: "La solicitud cambió mientras tanto. Lea lo nuevo y después responda.",
  },
  "word.overtakenMore": {
    en: "The request changed before your answer came. What is new stands below.",
    es: "La solicitud cambió antes de que llegara su respuesta. Lo nuevo está abajo.",
  },
  "word.overtakenTitle": { en: "There is news", es: "Hay novedades" },
  "word.refused": {
    en: "This was not sent. Check what you wrote and try again, or call 311.",
    es: "No se envió. Revise lo que escribió e inténtelo de nuevo, o llame al 311.",
  },

  "told.title": { en: "What happened", es: "Qué ha pasado" },
  "told.received": { en: "We received your report.", es: "Recibimos su informe." },
  "told.in_triage": {
    en: "A person decides who takes it on.",
    es: "Una persona decide quién se encarga.",
  },
  "told.routed": {
    en: "It went to the department that does such work.",
    es: "Pasó al departamento que hace ese trabajo.",
  },
  "told.accepted": { en: "The department took it on.", es: "El departamento la aceptó." },
  "told.in_progress": { en: "Work has begun.", es: "El trabajo ha empezado." },
  "told.on_hold": { en: "The work has to wait.", es: "El trabajo tiene que esperar." },
  "told.resolved": { en: "The city gave its answer.", es: "La ciudad dio su respuesta." },
  "told.closed": { en: "The request was closed.", es: "La solicitud se cerró." },
  "told.reopened": {
    en: "The request was opened again.",
    es: "La solicitud se abrió de nuevo.",
  },
  "told.escalated": {
    en: "It took too long, so a supervisor was told.",
    es: "Tardaba demasiado y se avisó a la supervisión.",
  },
  "told.photo": { en: "A photo was added.", es: "Se añadió una foto." },
  "told.comment": { en: "Somebody added a comment.", es: "Alguien añadió un comentario." },
  "told.other": { en: "There was a change.", es: "Hubo un cambio." },

  "report.title": { en: "What was reported", es: "Lo que se informó" },
  "report.nothing": { en: "No description was given.", es: "No se dio ninguna descripción." },
  "photos.title": { en: "Photos", es: "Fotos" },
  "photos.alt": {
    en: "Photo {number} of {count} from the report. Opens larger.",
    es: "Foto {number} de {count} del informe. Se abre más grande.",
  },
  "photos.coming": {
    en: "Some photos are still being prepared. They appear here by themselves.",
    es: "Algunas fotos se están preparando. Aparecerán aquí solas.",
  },

  "error.word": { en: "Error", es: "Error" },
  "error.unreadable": { en: "This link is damaged", es: "Este enlace está dañado" },
  "error.unreadableMore": {
    en: "The tracking number in it cannot be right. A mail program may have broken the link in two.",
    es: "El número de seguimiento que contiene no puede ser correcto. Quizá el correo partió el enlace en dos.",
  },
  "error.unreadableDo": {
    en: "Copy the whole link from the city's message, or type the tracking number below.",
    es: "Copie el enlace completo del mensaje de la ciudad o escriba abajo el número de seguimiento.",
  },
  "error.unknownLink": {
    en: "This link does not open a request",
    es: "Este enlace no abre ninguna solicitud",
  },
  "error.unknownLinkMore": {
    en: "It may have lost its end on the way, or it is of an older message.",
    es: "Puede que haya perdido el final por el camino, o que sea de un mensaje más antiguo.",
  },
  "error.unknownId": {
    en: "We cannot show request {id}",
    es: "No podemos mostrar la solicitud {id}",
  },
  "error.unknownIdMore": {
    en: "There is no such request, or it is private. A private request opens only by the link in the city's message.",
    es: "No existe tal solicitud o es privada. Una solicitud privada solo se abre con el enlace del mensaje de la ciudad.",
  },
  "error.unknownIdDo": {
    en: "Check the number and type it again below, or call 311.",
    es: "Revise el número y escríbalo de nuevo abajo, o llame al 311.",
  },
  "error.offline": { en: "We cannot reach the city", es: "No podemos comunicarnos con la ciudad" },
  "error.offlineMore": {
    en: "Your device may be offline, or the connection is weak. Nothing is lost.",
    es: "Puede que su dispositivo no tenga conexión o que la señal sea débil. No se ha perdido nada.",
  },
  "error.offlineDo": {
    en: "Check your connection. This page tries again by itself.",
    es: "Revise su conexión. Esta página lo intenta de nuevo sola.",
  },
  "error.busy": { en: "The city is very busy just now", es: "Ahora hay muchas consultas" },
  "error.busyMore": {
    en: "Very many people are asking. Your request is safe.",
    es: "Muchas personas consultan a la vez. Su solicitud está a salvo.",
  },
  "error.busyDo": {
    en: "Wait a moment. This page tries again by itself.",
    es: "Espere un momento. Esta página lo intenta de nuevo sola.",
  },
  "error.server": { en: "Something went wrong on our side", es: "Algo falló de nuestro lado" },
  "error.serverMore": {
    en: "It is not your fault, and your request is safe.",
    es: "No es culpa suya y su solicitud está a salvo.",
  },
  "error.serverDo": {
    en: "This page tries again by itself. If it goes on, call 311.",
    es: "Esta página lo intenta de nuevo sola. Si continúa, llame al 311.",
  },
  "error.reference": {
    en: "If you call, quote this reference: {reference}",
    es: "Si llama, dé esta referencia: {reference}",
  },
  "error.again": { en: "Try again", es: "Intentar de nuevo" },

  "lost.title": { en: "This page does not exist", es: "Esta página no existe" },
  "lost.more": {
    en: "The address may be old or mistyped.",
    es: "La dirección puede ser antigua o estar mal escrita.",
  },
  "lost.home": { en: "Go to the start page", es: "Ir a la página de inicio" },
} as const satisfies Record<string, Record<Language, string>>;

export type Key = keyof typeof WORDS;

/** The text of `key`, with its `{places}` filled in. */
export function say(language: Language, key: Key, places: Record<string, string | number> = {}): string {
  return WORDS[key][language].replace(/\{(\w+)\}/g, (whole, name: string) => String(places[name] ?? whole));
}

/** Whether there is such a text: keys also come from the API and from HTML. */
export function isKey(key: string): key is Key {
  return Object.hasOwn(WORDS, key);
}

/** The first of the wanted languages (tags such as `es-MX`) that the pages speak; else English. */
export function languageOf(wanted: readonly (string | null | undefined)[]): Language {
  for (const tag of wanted) {
    const found = LANGUAGES.find((each) => each === tag?.toLowerCase().split(/[-_]/)[0]);
    if (found) return found;
  }
  return LANGUAGES[0];
}

/** All keys, for tests and the build. */
export const KEYS = Object.keys(WORDS) as Key[];
