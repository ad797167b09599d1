/** Everything the login page says. A language that lacks a sentence doesn't compile. */
export interface Words {
  languageName: string;

  logInTo: (project: string) => string;
  intro: { email: string; phone: string };
  nextStep: { email: string; phone: string; biometric: string };
  stepOf: (step: number, steps: number) => string;
  email: string;
  emailPlaceholder: string;
  phone: string;
  country: string;
  byEmail: string;
  byPhone: string;
  byFace: string;
  loading: string;
  waysIn: string;
  continue: string;
  sending: string;
  viaSms: string;
  viaWhatsapp: string;
  howToReceive: string;
  privacy: string;
  terms: string;
  language: string;
  testProject: string;
  testExplained: string;
  testFixedCode: string;

  codeTitle: { email: string; sms: string; whatsapp: string };
  codeSentTo: (digits: number) => { before: string; after: string };
  linkToo: string;
  code: string;
  checking: string;
  sendAgain: string;
  sendAgainIn: (time: string) => string;
  sentAgain: string;
  sentAgainNew: string;
  sendNew: string;
  sendNewIn: (time: string) => string;
  otherEmail: string;
  otherPhone: string;
  sendBySms: string;
  sendByWhatsapp: string;
  noMessage: string;
  noMessageAdvice: { email: string[]; phone: string[] };

  doneTitle: string;
  doneLeaving: (site: string) => string;
  doneByHand: string;
  doneClose: string;
  faceWithdraw: string;
  faceWithdrawFirst: string;
  faceKeep: string;
  faceWithdrawnTitle: string;
  faceWithdrawnText: string;
  elsewhereTitle: string;
  elsewhereText: string;

  tryAgain: string;
  tryAgainIn: (time: string) => string;
  startAgain: string;
  backTo: (site: string) => string;

  problems: {
    project: Problem;
    address: Problem;
    paused: Problem;
    nothingToOffer: Problem;
    unavailable: Problem;
    over: Problem;
  };
  addressHint: (url: string) => string;
  refusals: Refusals;
}

export interface Problem {
  title: string;
  text: string;
}

/** What a person reads when something is refused. `time` is how long to wait, in words; null: not known. */
export interface Refusals {
  emailMissing: string;
  emailWrong: string;
  phoneMissing: string;
  phoneWrong: string;
  codeIncomplete: (digits: number) => string;
  codeWrong: (left: number | null) => string;
  codeExpired: string;
  codeReplaced: string;
  codeUsedUp: string;
  codeAlreadyUsed: string;
  waitSends: (time: string | null) => string;
  waitFailures: (time: string | null) => string;
  waitNetwork: (time: string | null) => string;
  tooManySends: string;
  lockedLink: string;
  lockedOther: string;
  personNotAllowed: string;
  countryNotAllowed: string;
  lineNotSupported: string;
  sendingBlocked: (time: string | null) => string;
  noProvider: string;
  methodOff: string;
  loginOver: string;
  loginComplete: string;
  busy: (time: string | null) => string;
  sourceDown: string;
  offline: string;
  broken: string;
}
