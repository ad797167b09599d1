import type { Words } from './words';

const within = (time: string | null) => (time ? ` Tente de novo em ${time}.` : ' Tente um pouco mais tarde.');
const tries = (left: number) => (left === 1 ? 'Resta 1 tentativa.' : `Restam ${left} tentativas.`);

export const pt: Words = {
  languageName: 'Português',

  logInTo: (project) => `Entre em ${project}`,
  intro: {
    email: 'Sem senha: enviamos um código para o seu e-mail.',
    phone: 'Sem senha: enviamos um código para o seu telefone.',
  },
  nextStep: {
    email: 'Agora o seu e-mail',
    phone: 'Agora o seu telefone',
    biometric: 'Agora um olhar para o seu rosto',
  },
  stepOf: (step, steps) => `Passo ${step} de ${steps}`,
  email: 'Endereço de e-mail',
  emailPlaceholder: 'voce@exemplo.com',
  phone: 'Número de telefone',
  country: 'País',
  byEmail: 'E-mail',
  byPhone: 'Telefone',
  byFace: 'Rosto',
  loading: 'Um momento…',
  waysIn: 'Formas de entrar',
  continue: 'Continuar',
  sending: 'Enviando o seu código…',
  viaSms: 'SMS',
  viaWhatsapp: 'WhatsApp',
  howToReceive: 'Como você quer receber o código?',
  privacy: 'Política de privacidade',
  terms: 'Termos',
  language: 'Idioma',
  testProject: 'Projeto de teste',
  testExplained: 'Nenhuma mensagem sai deste servidor. Os códigos estão na caixa de entrada do projeto.',
  testFixedCode: 'user@example.com recebe sempre 123456.',

  codeTitle: { email: 'Veja o seu e-mail', sms: 'Veja o seu telefone', whatsapp: 'Veja o seu WhatsApp' },
  codeSentTo: (digits) => ({ before: `Digite os ${digits} dígitos que enviamos para `, after: '.' }),
  linkToo: 'Ou aperte o link do mesmo e-mail, neste aparelho.',
  code: 'Código',
  checking: 'Conferindo…',
  sendAgain: 'Enviar de novo',
  sendAgainIn: (time) => `Enviar de novo em ${time}`,
  sentAgain: 'Enviado de novo. É o mesmo código de antes.',
  sentAgainNew: 'Enviamos um código novo. O anterior não vale mais.',
  sendNew: 'Enviar um código novo',
  sendNewIn: (time) => `Enviar um código novo em ${time}`,
  otherEmail: 'Usar outro endereço',
  otherPhone: 'Usar outro número',
  sendBySms: 'Enviar como mensagem de texto',
  sendByWhatsapp: 'Enviar pelo WhatsApp',
  noMessage: 'Não chegou?',
  noMessageAdvice: {
    email: ['Pode levar um minuto.', 'Procure no spam e nas promoções.', 'O endereço está certo?'],
    phone: ['Pode levar um minuto.', 'Você tem sinal?', 'O número está certo?'],
  },

  doneTitle: 'Você entrou',
  doneLeaving: (site) => `Levando você para ${site}…`,
  doneByHand: 'Seguir manualmente',
  doneClose: 'Você pode fechar esta janela.',
  elsewhereTitle: 'Você entrou em outra aba',
  elsewhereText: 'O link do seu e-mail concluiu este acesso. Você pode fechar esta página.',

  tryAgain: 'Tentar de novo',
  tryAgainIn: (time) => `Tentar de novo em ${time}`,
  startAgain: 'Começar de novo',
  backTo: (site) => `Voltar para ${site}`,

  problems: {
    project: {
      title: 'Não há onde entrar aqui',
      text: 'Este endereço não é de nenhum site. Volte para de onde você veio e tente lá.',
    },
    address: {
      title: 'Este link não está certo',
      text: 'O site que mandou você aqui pediu algo que não é permitido. Volte e tente lá. Se continuar assim, avise quem cuida do site.',
    },
    paused: {
      title: 'O acesso está desligado',
      text: 'Quem cuida deste site o pausou. Tente mais tarde.',
    },
    nothingToOffer: {
      title: 'O acesso ainda não está pronto',
      text: 'Quem cuida deste site ainda precisa escolher como se entra.',
    },
    unavailable: {
      title: 'Não estamos disponíveis agora',
      text: 'A culpa é nossa, não sua. Tente de novo em um minuto.',
    },
    over: {
      title: 'Isto demorou demais',
      text: 'Para a sua segurança, um acesso termina depois de 15 minutos. Comece de novo; é rápido.',
    },
  },
  addressHint: (url) =>
    `Para desenvolvedores: redirect_url precisa estar, letra por letra, entre as redirect_urls do fluxo, e state e code_challenge precisam ser corretos. Veio como: ${url || '(nada)'}`,
  refusals: {
    emailMissing: 'Digite o seu endereço de e-mail.',
    emailWrong: 'Não é um endereço completo, como nome@exemplo.com.',
    phoneMissing: 'Digite o seu número de telefone.',
    phoneWrong: 'Não conhecemos este número. Confira o país e os dígitos.',
    codeIncomplete: (digits) => `O código tem ${digits} dígitos.`,
    codeWrong: (left) =>
      left === null ? 'Este código não está certo.' : left === 0
        ? 'Este código não está certo, e era a última tentativa. Peça um novo.'
        : `Este código não está certo. ${tries(left)}`,
    codeExpired: 'Este código é velho demais. Peça um novo.',
    codeReplaced: 'Este código não conta mais. Peça um novo.',
    codeUsedUp: 'Códigos errados demais. Peça um novo.',
    codeAlreadyUsed: 'Este código já foi usado. Peça um novo.',
    waitSends: (time) => `Códigos demais em pouco tempo.${within(time)}`,
    waitFailures: (time) => `Códigos errados demais.${within(time)}`,
    waitNetwork: (time) => `Acessos demais a partir da sua rede.${within(time)}`,
    tooManySends: 'Códigos demais neste acesso. Comece de novo.',
    lockedLink: 'Códigos errados demais: esta forma de entrar está em pausa. Enviamos uma mensagem com um link que termina a pausa.',
    lockedOther: 'Códigos errados demais: esta forma de entrar está em pausa. Use outra, ou pergunte a quem cuida do site.',
    personNotAllowed: 'Ninguém com este endereço pode entrar aqui. Você se cadastrou com outro?',
    countryNotAllowed: 'Não podemos enviar códigos para este país.',
    lineNotSupported: 'Não podemos enviar mensagens de texto para esta linha. Use um número de celular.',
    sendingBlocked: (time) => `Agora não enviamos códigos para números como este.${within(time)}`,
    noProvider: 'Este site ainda não pode enviar códigos assim. Avise quem cuida dele.',
    methodOff: 'Esta forma de entrar está desligada. Use outra.',
    loginOver: 'Este acesso demorou demais e terminou. Comece de novo.',
    loginComplete: 'Você já entrou, talvez em outra aba.',
    busy: (time) => `Estamos muito ocupados.${within(time)}`,
    sourceDown: 'O site não consegue encontrar você agora. Tente de novo em um minuto.',
    offline: 'O servidor não responde. Você está conectado?',
    broken: 'Algo deu errado do nosso lado. Tente de novo; se continuar assim, avise quem cuida do site.',
  },
};
