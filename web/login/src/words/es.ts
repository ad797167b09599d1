import type { Words } from './words';

const within = (time: string | null) => (time ? ` Inténtalo de nuevo en ${time}.` : ' Inténtalo un poco más tarde.');
const tries = (left: number) => (left === 1 ? 'Queda 1 intento.' : `Quedan ${left} intentos.`);

export const es: Words = {
  languageName: 'Español',

  logInTo: (project) => `Entra en ${project}`,
  intro: {
    email: 'Sin contraseña: te enviamos un código por correo.',
    phone: 'Sin contraseña: te enviamos un código al teléfono.',
  },
  nextStep: {
    email: 'Ahora tu correo',
    phone: 'Ahora tu teléfono',
    biometric: 'Ahora una mirada a tu cara',
  },
  stepOf: (step, steps) => `Paso ${step} de ${steps}`,
  email: 'Correo electrónico',
  emailPlaceholder: 'tu@ejemplo.com',
  phone: 'Número de teléfono',
  country: 'País',
  byEmail: 'Correo',
  byPhone: 'Teléfono',
  byFace: 'Cara',
  loading: 'Un momento…',
  waysIn: 'Formas de entrar',
  continue: 'Continuar',
  sending: 'Enviando tu código…',
  viaSms: 'SMS',
  viaWhatsapp: 'WhatsApp',
  howToReceive: '¿Cómo quieres recibir el código?',
  privacy: 'Política de privacidad',
  terms: 'Términos',
  language: 'Idioma',
  testProject: 'Proyecto de prueba',
  testExplained: 'Ningún mensaje sale de este servidor. Los códigos están en la bandeja del proyecto.',
  testFixedCode: 'user@example.com recibe siempre 123456.',

  codeTitle: { email: 'Mira tu correo', sms: 'Mira tu teléfono', whatsapp: 'Mira tu WhatsApp' },
  codeSentTo: (digits) => ({ before: `Escribe los ${digits} dígitos que enviamos a `, after: '.' }),
  linkToo: 'O pulsa el enlace del mismo correo, en este dispositivo.',
  code: 'Código',
  checking: 'Comprobando…',
  sendAgain: 'Enviarlo de nuevo',
  sendAgainIn: (time) => `Enviarlo de nuevo en ${time}`,
  sentAgain: 'Enviado de nuevo. Es el mismo código de antes.',
  sentAgainNew: 'Enviamos un código nuevo. El anterior ya no vale.',
  sendNew: 'Enviar un código nuevo',
  sendNewIn: (time) => `Enviar un código nuevo en ${time}`,
  otherEmail: 'Usar otra dirección',
  otherPhone: 'Usar otro número',
  sendBySms: 'Enviarlo como mensaje de texto',
  sendByWhatsapp: 'Enviarlo por WhatsApp',
  noMessage: '¿No llega?',
  noMessageAdvice: {
    email: ['Puede tardar un minuto.', 'Busca en el correo no deseado y en promociones.', '¿Es correcta la dirección?'],
    phone: ['Puede tardar un minuto.', '¿Tienes cobertura?', '¿Es correcto el número?'],
  },

  doneTitle: 'Ya estás dentro',
  doneLeaving: (site) => `Te llevamos a ${site}…`,
  doneByHand: 'Seguir a mano',
  doneClose: 'Puedes cerrar esta ventana.',
  elsewhereTitle: 'Entraste en otra pestaña',
  elsewhereText: 'El enlace de tu correo terminó este acceso. Puedes cerrar esta página.',

  tryAgain: 'Intentar de nuevo',
  tryAgainIn: (time) => `Intentar de nuevo en ${time}`,
  startAgain: 'Empezar de nuevo',
  backTo: (site) => `Volver a ${site}`,

  problems: {
    project: {
      title: 'Aquí no hay dónde entrar',
      text: 'Esta dirección no es de ningún sitio. Vuelve al lugar de donde viniste e inténtalo allí.',
    },
    address: {
      title: 'Este enlace no es correcto',
      text: 'El sitio que te envió aquí pidió algo que no está permitido. Vuelve e inténtalo allí. Si sigue así, avisa a quienes llevan el sitio.',
    },
    paused: {
      title: 'El acceso está desactivado',
      text: 'Quienes llevan este sitio lo han pausado. Inténtalo más tarde.',
    },
    nothingToOffer: {
      title: 'El acceso aún no está preparado',
      text: 'Quienes llevan este sitio todavía tienen que elegir cómo se entra.',
    },
    unavailable: {
      title: 'Ahora no estamos disponibles',
      text: 'Es culpa nuestra, no tuya. Inténtalo de nuevo en un minuto.',
    },
    over: {
      title: 'Esto tardó demasiado',
      text: 'Por tu seguridad, un acceso termina a los 15 minutos. Empieza de nuevo; es rápido.',
    },
  },
  addressHint: (url) =>
    `Para desarrolladores: redirect_url tiene que estar, letra por letra, entre las redirect_urls del flujo, y state y code_challenge tienen que ser correctos. Llegó como: ${url || '(nada)'}`,
  refusals: {
    emailMissing: 'Escribe tu correo electrónico.',
    emailWrong: 'No es una dirección completa, como nombre@ejemplo.com.',
    phoneMissing: 'Escribe tu número de teléfono.',
    phoneWrong: 'No conocemos este número. Revisa el país y los dígitos.',
    codeIncomplete: (digits) => `El código tiene ${digits} dígitos.`,
    codeWrong: (left) =>
      left === null ? 'Este código no es correcto.' : left === 0
        ? 'Este código no es correcto, y era el último intento. Pide uno nuevo.'
        : `Este código no es correcto. ${tries(left)}`,
    codeExpired: 'Este código es demasiado viejo. Pide uno nuevo.',
    codeReplaced: 'Este código ya no cuenta. Pide uno nuevo.',
    codeUsedUp: 'Demasiados códigos incorrectos. Pide uno nuevo.',
    codeAlreadyUsed: 'Este código ya se usó. Pide uno nuevo.',
    waitSends: (time) => `Demasiados códigos en poco tiempo.${within(time)}`,
    waitFailures: (time) => `Demasiados códigos incorrectos.${within(time)}`,
    waitNetwork: (time) => `Demasiados accesos desde tu red.${within(time)}`,
    tooManySends: 'Demasiados códigos en este acceso. Empieza de nuevo.',
    lockedLink: 'Demasiados códigos incorrectos: esta forma de entrar está en pausa. Te enviamos un mensaje con un enlace que termina la pausa.',
    lockedOther: 'Demasiados códigos incorrectos: esta forma de entrar está en pausa. Usa otra, o pregunta a quienes llevan el sitio.',
    personNotAllowed: 'Nadie con esta dirección puede entrar aquí. ¿Te registraste con otra?',
    countryNotAllowed: 'No podemos enviar códigos a este país.',
    lineNotSupported: 'No podemos enviar mensajes de texto a esta línea. Usa un número móvil.',
    sendingBlocked: (time) => `Ahora no enviamos códigos a números como este.${within(time)}`,
    noProvider: 'Este sitio aún no puede enviar códigos así. Avisa a quienes lo llevan.',
    methodOff: 'Esta forma de entrar está desactivada. Usa otra.',
    loginOver: 'Este acceso tardó demasiado y terminó. Empieza de nuevo.',
    loginComplete: 'Ya has entrado, quizá en otra pestaña.',
    busy: (time) => `Estamos muy ocupados.${within(time)}`,
    sourceDown: 'El sitio no puede encontrarte ahora. Inténtalo de nuevo en un minuto.',
    offline: 'El servidor no responde. ¿Tienes conexión?',
    broken: 'Algo falló por nuestra parte. Inténtalo de nuevo; si sigue así, avisa a quienes llevan el sitio.',
  },
};
