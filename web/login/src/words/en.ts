import type { Words } from './words';

const within = (time: string | null) => (time ? ` Try again in ${time}.` : ' Try again a little later.');
const tries = (left: number) => (left === 1 ? '1 try is left.' : `${left} tries are left.`);

export const en: Words = {
  languageName: 'English',

  logInTo: (project) => `Log in to ${project}`,
  intro: {
    email: 'No password needed: we send a code to your email.',
    phone: 'No password needed: we send a code to your phone.',
  },
  nextStep: {
    email: 'Now your email',
    phone: 'Now your phone',
    biometric: 'Now a look at your face',
  },
  stepOf: (step, steps) => `Step ${step} of ${steps}`,
  email: 'Email address',
  emailPlaceholder: 'you@example.com',
  phone: 'Phone number',
  country: 'Country',
  byEmail: 'Email',
  byPhone: 'Phone',
  byFace: 'Face',
  loading: 'One moment…',
  waysIn: 'Ways to log in',
  continue: 'Continue',
  sending: 'Sending your code…',
  viaSms: 'Text message',
  viaWhatsapp: 'WhatsApp',
  howToReceive: 'How do you want to get the code?',
  privacy: 'Privacy policy',
  terms: 'Terms',
  language: 'Language',
  testProject: 'Test project',
  testExplained: 'No message leaves this server. Codes are in the project’s inbox.',
  testFixedCode: 'user@example.com always gets 123456.',

  codeTitle: { email: 'Look in your mail', sms: 'Look at your phone', whatsapp: 'Look in WhatsApp' },
  codeSentTo: (digits) => ({ before: `Type the ${digits} digits that we sent to `, after: '.' }),
  linkToo: 'Or press the link in the same mail, on this device.',
  code: 'Code',
  checking: 'Checking…',
  sendAgain: 'Send it again',
  sendAgainIn: (time) => `Send it again in ${time}`,
  sentAgain: 'Sent again. It is the same code as before.',
  sentAgainNew: 'We sent a new code. The one before no longer works.',
  sendNew: 'Send a new code',
  sendNewIn: (time) => `Send a new code in ${time}`,
  otherEmail: 'Use another address',
  otherPhone: 'Use another number',
  sendBySms: 'Send it as a text message',
  sendByWhatsapp: 'Send it by WhatsApp',
  noMessage: 'No message?',
  noMessageAdvice: {
    email: ['It can take a minute.', 'Look among spam and promotions.', 'Is the address right?'],
    phone: ['It can take a minute.', 'Do you have reception?', 'Is the number right?'],
  },

  doneTitle: 'You’re in',
  doneLeaving: (site) => `Taking you to ${site}…`,
  doneByHand: 'Go on by hand',
  doneClose: 'You can close this window.',
  elsewhereTitle: 'You logged in in another tab',
  elsewhereText: 'The link in your mail finished this login. You can close this page.',

  tryAgain: 'Try again',
  tryAgainIn: (time) => `Try again in ${time}`,
  startAgain: 'Start again',
  backTo: (site) => `Back to ${site}`,

  problems: {
    project: {
      title: 'Nothing to log in to here',
      text: 'This address belongs to no site. Go back to where you came from and try again there.',
    },
    address: {
      title: 'This link isn’t right',
      text: 'The site that sent you here asked for something that isn’t allowed. Go back and try again there. If it stays like this, tell the people of the site.',
    },
    paused: {
      title: 'Logging in is switched off',
      text: 'The people of this site have paused it. Try again later.',
    },
    nothingToOffer: {
      title: 'Logging in isn’t set up yet',
      text: 'The people of this site have still to choose how you log in.',
    },
    unavailable: {
      title: 'We can’t be reached right now',
      text: 'This is our fault, not yours. Try again in a minute.',
    },
    over: {
      title: 'This took too long',
      text: 'For your safety a login ends after 15 minutes. Start again; it goes fast.',
    },
  },
  addressHint: (url) =>
    `For developers: redirect_url has to stand, letter for letter, among the flow’s redirect_urls, and state and code_challenge have to be well formed. It came as: ${url || '(nothing)'}`,
  refusals: {
    emailMissing: 'Type your email address.',
    emailWrong: 'This isn’t a whole email address, like name@example.com.',
    phoneMissing: 'Type your phone number.',
    phoneWrong: 'This isn’t a phone number we know. Check the country and the digits.',
    codeIncomplete: (digits) => `The code has ${digits} digits.`,
    codeWrong: (left) =>
      left === null ? 'This code isn’t right.' : left === 0
        ? 'This code isn’t right, and it was the last try. Ask for a new one.'
        : `This code isn’t right. ${tries(left)}`,
    codeExpired: 'This code is too old. Ask for a new one.',
    codeReplaced: 'This code no longer counts. Ask for a new one.',
    codeUsedUp: 'Too many wrong codes. Ask for a new one.',
    codeAlreadyUsed: 'This code was used already. Ask for a new one.',
    waitSends: (time) => `Too many codes in a short time.${within(time)}`,
    waitFailures: (time) => `Too many wrong codes.${within(time)}`,
    waitNetwork: (time) => `Too many logins from your network.${within(time)}`,
    tooManySends: 'Too many codes in this login. Start again.',
    lockedLink: 'Too many wrong codes: logging in this way is paused. We sent you a message with a link that ends the pause.',
    lockedOther: 'Too many wrong codes: logging in this way is paused. Use another way, or ask the people of the site.',
    personNotAllowed: 'Nobody with this address may log in here. Did you sign up with another one?',
    countryNotAllowed: 'We can’t send codes to this country.',
    lineNotSupported: 'We can’t send text messages to this line. Use a mobile number.',
    sendingBlocked: (time) => `We send no codes to numbers like this one right now.${within(time)}`,
    noProvider: 'This site can’t send codes this way yet. Tell its people.',
    methodOff: 'This way to log in is switched off. Use another one.',
    loginOver: 'This login took too long and has ended. Start again.',
    loginComplete: 'You are logged in already, perhaps in another tab.',
    busy: (time) => `We’re very busy.${within(time)}`,
    sourceDown: 'The site can’t look you up right now. Try again in a minute.',
    offline: 'No answer from the server. Are you connected?',
    broken: 'Something went wrong on our side. Try again; if it stays like this, tell the people of the site.',
  },
};
