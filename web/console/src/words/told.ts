import { type Language, fill } from '@accessd/shared/words.ts';

/**
 * Sentences that the API writes for people, by language; what stands in braces differs from time to time. A sentence that isn't
 * here, such as a provider's own, is shown as it came.
 */
const sentences: readonly Record<Language, string>[] = [
  // What happened to a code: src/access/timeline.cpp.
  { en: 'A code was asked for.', es: 'Se pidió un código.', pt: 'Foi pedido um código.' },
  {
    en: 'The limit of {count} sends in {seconds} seconds to this address let it through.',
    es: 'El límite de {count} envíos en {seconds} segundos a esta dirección lo dejó pasar.',
    pt: 'O limite de {count} envios em {seconds} segundos para este endereço deixou-o passar.',
  },
  {
    en: 'The limit of {count} sends in {seconds} seconds to this number let it through.',
    es: 'El límite de {count} envíos en {seconds} segundos a este número lo dejó pasar.',
    pt: 'O limite de {count} envios em {seconds} segundos para este número deixou-o passar.',
  },
  {
    en: "No message goes out: nobody with this contact may log in here. The caller can't tell.",
    es: 'No sale ningún mensaje: nadie con este contacto puede entrar aquí. Quien llama no lo nota.',
    pt: 'Não sai nenhuma mensagem: ninguém com este contacto pode entrar aqui. Quem chama não o nota.',
  },
  { en: 'The message with the code was queued.', es: 'El mensaje con el código quedó en cola.', pt: 'A mensagem com o código ficou em fila.' },
  {
    en: 'The message with the code was queued for {channel}.',
    es: 'El mensaje con el código quedó en cola para {channel}.',
    pt: 'A mensagem com o código ficou em fila para {channel}.',
  },
  { en: 'It was asked for again: another message was queued.', es: 'Se pidió de nuevo: otro mensaje quedó en cola.', pt: 'Foi pedido de novo: outra mensagem ficou em fila.' },
  {
    en: 'It was asked for again: another message was queued for {channel}.',
    es: 'Se pidió de nuevo: otro mensaje quedó en cola para {channel}.',
    pt: 'Foi pedido de novo: outra mensagem ficou em fila para {channel}.',
  },
  {
    en: 'Nothing was heard of the message on the other channel: the same code was queued for {channel}.',
    es: 'No se supo nada del mensaje por el otro canal: el mismo código quedó en cola para {channel}.',
    pt: 'Nada se soube da mensagem pelo outro canal: o mesmo código ficou em fila para {channel}.',
  },
  {
    en: 'A new code replaced the earlier one, which is good no longer.',
    es: 'Un código nuevo sustituyó al anterior, que ya no vale.',
    pt: 'Um código novo substituiu o anterior, que já não vale.',
  },
  {
    en: "This message wasn't sent: its code was replaced or used up first.",
    es: 'Este mensaje no se envió: su código se sustituyó o se gastó antes.',
    pt: 'Esta mensagem não foi enviada: o seu código foi substituído ou gasto antes.',
  },
  {
    en: 'Too many wrong codes: email was paused for the address, and a message with a link that ends the pause was queued.',
    es: 'Demasiados códigos erróneos: el correo quedó en pausa para la dirección, y en cola un mensaje con un enlace que termina la pausa.',
    pt: 'Demasiados códigos errados: o e-mail ficou em pausa para o endereço, e em fila uma mensagem com uma ligação que termina a pausa.',
  },
  {
    en: "The message with the link wasn't sent: the pause ended first.",
    es: 'El mensaje con el enlace no se envió: la pausa terminó antes.',
    pt: 'A mensagem com a ligação não foi enviada: a pausa terminou antes.',
  },
  { en: 'Try {number} by {sender}: accepted.', es: 'Intento {number} por {sender}: aceptado.', pt: 'Tentativa {number} por {sender}: aceite.' },
  { en: 'Try {number} by {sender}: failed for now.', es: 'Intento {number} por {sender}: falló por ahora.', pt: 'Tentativa {number} por {sender}: falhou por agora.' },
  { en: 'Try {number} by {sender}: refused for good.', es: 'Intento {number} por {sender}: rechazado.', pt: 'Tentativa {number} por {sender}: recusado.' },
  { en: 'Try {number} by {sender}, of the link: accepted.', es: 'Intento {number} por {sender}, del enlace: aceptado.', pt: 'Tentativa {number} por {sender}, da ligação: aceite.' },
  { en: 'Try {number} by {sender}, of the link: failed for now.', es: 'Intento {number} por {sender}, del enlace: falló por ahora.', pt: 'Tentativa {number} por {sender}, da ligação: falhou por agora.' },
  { en: 'Try {number} by {sender}, of the link: refused for good.', es: 'Intento {number} por {sender}, del enlace: rechazado.', pt: 'Tentativa {number} por {sender}, da ligação: recusado.' },
  { en: 'The message was handed over.', es: 'El mensaje se entregó al proveedor.', pt: 'A mensagem foi entregue ao fornecedor.' },
  { en: 'The message was delivered.', es: 'El mensaje llegó.', pt: 'A mensagem chegou.' },
  { en: 'The message could not be delivered.', es: 'El mensaje no se pudo entregar.', pt: 'Não foi possível entregar a mensagem.' },
  { en: 'A wrong code was tried.', es: 'Se probó un código erróneo.', pt: 'Foi tentado um código errado.' },
  { en: 'The right code was given.', es: 'Se dio el código correcto.', pt: 'Foi dado o código certo.' },
  { en: 'The validation failed.', es: 'La validación falló.', pt: 'A validação falhou.' },
  { en: "The code's time ran out.", es: 'Se acabó el tiempo del código.', pt: 'Acabou o tempo do código.' },
  { en: 'The validation was canceled.', es: 'La validación se canceló.', pt: 'A validação foi cancelada.' },
  {
    en: 'The relay or provider says: the recipient has the message.',
    es: 'El servidor o proveedor dice: el destinatario tiene el mensaje.',
    pt: 'O servidor ou fornecedor diz: o destinatário tem a mensagem.',
  },
  {
    en: "The relay or provider says: the message couldn't be delivered.",
    es: 'El servidor o proveedor dice: el mensaje no se pudo entregar.',
    pt: 'O servidor ou fornecedor diz: não foi possível entregar a mensagem.',
  },
  { en: 'The relay says: the recipient marked it as spam.', es: 'El servidor dice: el destinatario lo marcó como spam.', pt: 'O servidor diz: o destinatário marcou-a como spam.' },
  { en: 'The relay says: not delivered yet, it goes on trying.', es: 'El servidor dice: aún no entregado, sigue intentándolo.', pt: 'O servidor diz: ainda não entregue, continua a tentar.' },
  // And to a look at a face: src/access/face_timeline.cpp.
  { en: 'A face was asked for.', es: 'Se pidió un rostro.', pt: 'Foi pedido um rosto.' },
  { en: 'The face matched the enrolled one.', es: 'El rostro coincidió con el registrado.', pt: 'O rosto correspondeu ao registado.' },
  { en: 'Another face was shown.', es: 'Se mostró otro rostro.', pt: 'Foi mostrado outro rosto.' },
  {
    en: "A living person was in front of the camera, as far as the validation's assurance says.",
    es: 'Había una persona viva ante la cámara, hasta donde alcanza la seguridad de la validación.',
    pt: 'Havia uma pessoa viva em frente à câmara, até onde vai a segurança da validação.',
  },
  { en: "It wasn't shown that a living person is there.", es: 'No se mostró que hubiera una persona viva.', pt: 'Não se mostrou que houvesse uma pessoa viva.' },
  { en: 'A picture was shown that had been seen before.', es: 'Se mostró una imagen ya vista.', pt: 'Foi mostrada uma imagem já vista.' },
  { en: 'The face was enrolled.', es: 'El rostro se registró.', pt: 'O rosto foi registado.' },
  {
    en: "The login's picture is compared with as well, from now on.",
    es: 'Desde ahora también se compara con la imagen de este acceso.',
    pt: 'A partir de agora compara-se também com a imagem deste acesso.',
  },
  { en: 'Everything was shown.', es: 'Se mostró todo.', pt: 'Foi tudo mostrado.' },
  { en: "The validation's time ran out.", es: 'Se acabó el tiempo de la validación.', pt: 'Acabou o tempo da validação.' },
  {
    en: "No face can match: nobody with this name is enrolled, or the login is another person's. The caller can't tell.",
    es: 'Ningún rostro puede coincidir: nadie con este nombre está registrado, o el acceso es de otra persona. Quien llama no lo nota.',
    pt: 'Nenhum rosto pode corresponder: ninguém com este nome está registado, ou o acesso é de outra pessoa. Quem chama não o nota.',
  },
  // What is wrong with the row of a file: src/users/import_file.cpp and csv_reader.cpp.
  { en: 'is UTF-16; save the file as UTF-8', es: 'está en UTF-16; guarde el archivo como UTF-8', pt: 'está em UTF-16; guarde o ficheiro como UTF-8' },
  { en: "has a quote that isn't closed", es: 'tiene una comilla sin cerrar', pt: 'tem uma aspa por fechar' },
  { en: 'is longer than 64 KiB; a quote before may not be closed', es: 'pasa de 64 KiB; quizá falte cerrar una comilla anterior', pt: 'passa de 64 KiB; talvez falte fechar uma aspa anterior' },
  { en: "has a quote inside a field that isn't quoted", es: 'tiene una comilla dentro de un campo sin comillas', pt: 'tem uma aspa dentro de um campo sem aspas' },
  { en: 'has text behind a closing quote', es: 'tiene texto tras una comilla de cierre', pt: 'tem texto depois de uma aspa de fecho' },
  { en: 'has more than 200 fields', es: 'tiene más de 200 campos', pt: 'tem mais de 200 campos' },
  { en: 'has {count} fields, and the header {wanted}', es: 'tiene {count} campos, y la cabecera {wanted}', pt: 'tem {count} campos, e o cabeçalho {wanted}' },
  {
    en: "has a {field} that isn't UTF-8 or holds control characters",
    es: 'tiene en {field} algo que no es UTF-8 o caracteres de control',
    pt: 'tem em {field} algo que não é UTF-8 ou caracteres de controlo',
  },
  { en: 'has a name of more than 200 characters', es: 'tiene un nombre de más de 200 caracteres', pt: 'tem um nome com mais de 200 caracteres' },
  { en: "has an email that isn't an address: {why}", es: 'tiene un correo que no es una dirección', pt: 'tem um e-mail que não é um endereço' },
  {
    en: "has a user_id that isn't 1-128 of A-Z a-z 0-9 . _ @ : + -",
    es: 'tiene un user_id que no es de 1 a 128 de A-Z a-z 0-9 . _ @ : + -',
    pt: 'tem um user_id que não é de 1 a 128 de A-Z a-z 0-9 . _ @ : + -',
  },
  {
    en: "has a phone that isn't a number: write it as it is dialled from abroad, with its country code and without a leading 0",
    es: 'tiene un teléfono que no es un número: escríbalo como se marca desde el extranjero, con el prefijo del país y sin 0 delante',
    pt: 'tem um telefone que não é um número: escreva-o como se marca do estrangeiro, com o prefixo do país e sem 0 à frente',
  },
  { en: 'has neither email, phone nor user_id', es: 'no tiene email, phone ni user_id', pt: 'não tem email, phone nem user_id' },
  { en: 'has claims of more than 4 KiB together', es: 'tiene atributos de más de 4 KiB en total', pt: 'tem atributos com mais de 4 KiB no total' },
  { en: 'is the same person as an earlier row', es: 'es la misma persona que una fila anterior', pt: 'é a mesma pessoa que uma linha anterior' },
  { en: 'has the {field} of an earlier row', es: 'tiene el {field} de una fila anterior', pt: 'tem o {field} de uma linha anterior' },
  { en: 'has the {field} of another person in the directory', es: 'tiene el {field} de otra persona del directorio', pt: 'tem o {field} de outra pessoa do diretório' },
  // What is left to do in the set-up: src/projects/setup_steps.cpp, and what a flow lacks.
  {
    en: "Add a sender (POST /v2/access/projects/{project_id}/senders), or have the operator set smtp.host: a live project can't send mail without one.",
    es: 'Añada un remitente, o que el operador ponga smtp.host: sin uno, un proyecto en producción no puede enviar correo.',
    pt: 'Adicione um remetente, ou que o operador ponha smtp.host: sem um, um projeto em produção não pode enviar correio.',
  },
  {
    en: 'Set allowed_countries: a live project sends codes to phones of these countries alone.',
    es: 'Indique los países para los teléfonos: un proyecto en producción envía códigos solo a ellos.',
    pt: 'Indique os países para os telefones: um projeto em produção envia códigos só para eles.',
  },
  { en: 'Set contact_email, so that people know whom to ask.', es: 'Indique la dirección de contacto, para que se sepa a quién preguntar.', pt: 'Indique o endereço de contacto, para que se saiba a quem perguntar.' },
  { en: 'Create a login flow.', es: 'Cree un flujo.', pt: 'Crie um fluxo.' },
  { en: 'Create a login flow first.', es: 'Cree antes un flujo.', pt: 'Crie antes um fluxo.' },
  { en: "Set the login flow's status to active.", es: 'Active el flujo.', pt: 'Ative o fluxo.' },
  { en: 'To do: enable a login method.', es: 'Falta: activar un método.', pt: 'Falta: ativar um método.' },
  {
    en: 'To do: enable a method beside biometric, or set biometric_only to true.',
    es: 'Falta: activar un método además del rostro, o permitir solo el rostro.',
    pt: 'Falta: ativar um método além do rosto, ou permitir só o rosto.',
  },
  { en: 'To do: enable {method}, which the policy asks for.', es: 'Falta: activar {method}, que la política pide.', pt: 'Falta: ativar {method}, que a política pede.' },
  { en: 'To do: enable a method that the policy names.', es: 'Falta: activar un método que la política nombra.', pt: 'Falta: ativar um método que a política nomeia.' },
  { en: 'To do: connect a source (source_id).', es: 'Falta: elegir dónde se buscan las personas.', pt: 'Falta: escolher onde se procuram as pessoas.' },
  {
    en: 'magic_link is on, but no mail has a link: add where it leads to redirect_urls.',
    es: 'El enlace junto al código está activo, pero ningún correo lo lleva: añada a dónde conduce en las direcciones de retorno del flujo.',
    pt: 'A ligação junto ao código está ativa, mas nenhum correio a leva: adicione aonde conduz nos endereços de retorno do fluxo.',
  },
  { en: "Create a source and name it in the flow's source_id.", es: 'Elija dónde se buscan las personas.', pt: 'Escolha onde se procuram as pessoas.' },
  {
    en: 'The source is open: anyone may log in. Choose directory to admit known users only.',
    es: 'Cualquiera puede entrar. Elija el directorio para admitir solo a personas conocidas.',
    pt: 'Qualquer pessoa pode entrar. Escolha o diretório para admitir só pessoas conhecidas.',
  },
  {
    en: "Create a webhook, or read results from the API's answers and GET /v2/access/events.",
    es: 'Cree un webhook, o lea los resultados en las respuestas de la API y en GET /v2/access/events.',
    pt: 'Crie um webhook, ou leia os resultados nas respostas da API e em GET /v2/access/events.',
  },
  {
    en: 'A webhook was disabled: repair its endpoint, set its status to active, and have the time in between sent again.',
    es: 'Un webhook quedó desactivado: repare su servidor, actívelo y haga entregar de nuevo lo de entretanto.',
    pt: 'Um webhook ficou desativado: repare o seu servidor, ative-o e faça entregar de novo o de entretanto.',
  },
  { en: "A webhook's endpoint is failing: its deliveries show what it answers.", es: 'El servidor de un webhook falla: sus entregas muestran lo que responde.', pt: 'O servidor de um webhook falha: as suas entregas mostram o que responde.' },
  { en: 'Every webhook is paused: set the status of one to active.', es: 'Todos los webhooks están en pausa: reanude uno.', pt: 'Todos os webhooks estão em pausa: retome um.' },
  // What is wrong with a field of a form: src/http/fields.cpp, field_rules.cpp, and the folders whose fields they are.
  { en: 'is required', es: 'es obligatorio', pt: 'é obrigatório' },
  { en: 'must be {count} characters', es: 'debe tener {count} caracteres', pt: 'deve ter {count} caracteres' },
  { en: 'must be at most {count} characters', es: 'debe tener como mucho {count} caracteres', pt: 'deve ter no máximo {count} caracteres' },
  { en: 'must be {min} to {max} characters', es: 'debe tener de {min} a {max} caracteres', pt: 'deve ter de {min} a {max} caracteres' },
  { en: 'must not contain control characters', es: 'no puede tener caracteres de control', pt: 'não pode ter caracteres de controlo' },
  { en: 'must be one line without control characters', es: 'debe ser una línea sin caracteres de control', pt: 'deve ser uma linha sem caracteres de controlo' },
  { en: 'must not be empty', es: 'no puede estar vacío', pt: 'não pode estar vazio' },
  { en: 'must be {min} to {max}', es: 'debe ser de {min} a {max}', pt: 'deve ser de {min} a {max}' },
  { en: 'must be a number from {min} to {max}', es: 'debe ser un número de {min} a {max}', pt: 'deve ser um número de {min} a {max}' },
  { en: 'must be an integer', es: 'debe ser un número entero', pt: 'deve ser um número inteiro' },
  { en: "isn't an email address: {why}", es: 'no es una dirección de correo', pt: 'não é um endereço de e-mail' },
  { en: "isn't an email address", es: 'no es una dirección de correo', pt: 'não é um endereço de e-mail' },
  { en: 'must be an email address', es: 'debe ser una dirección de correo', pt: 'deve ser um endereço de e-mail' },
  { en: 'must be an email address or a phone number', es: 'debe ser una dirección de correo o un número de teléfono', pt: 'deve ser um endereço de e-mail ou um número de telefone' },
  { en: "isn't a phone number: {why}", es: 'no es un número de teléfono', pt: 'não é um número de telefone' },
  { en: "isn't a phone number", es: 'no es un número de teléfono', pt: 'não é um número de telefone' },
  { en: 'must be a number with its country: +34600000001', es: 'debe ser un número con su país: +34600000001', pt: 'deve ser um número com o seu país: +34600000001' },
  { en: 'must be 1-128 of A-Z a-z 0-9 . _ @ : + -', es: 'debe ser de 1 a 128 de A-Z a-z 0-9 . _ @ : + -', pt: 'deve ser de 1 a 128 de A-Z a-z 0-9 . _ @ : + -' },
  { en: 'must be 3-40 of a-z, 0-9 and inner hyphens', es: 'debe ser de 3 a 40 de a-z, 0-9 y guiones interiores', pt: 'deve ser de 3 a 40 de a-z, 0-9 e hífenes interiores' },
  {
    en: 'must be https URLs (http only to loopback), no fragment',
    es: 'deben ser direcciones https (http solo a esta máquina), sin fragmento',
    pt: 'devem ser endereços https (http só para esta máquina), sem fragmento',
  },
  { en: 'must be domains like example.com', es: 'deben ser dominios como example.com', pt: 'devem ser domínios como example.com' },
  { en: 'must be origins like https://www.example.com', es: 'deben ser orígenes como https://www.example.com', pt: 'devem ser origens como https://www.example.com' },
  { en: 'must be a host name like www.example.com', es: 'debe ser un nombre de host como www.example.com', pt: 'deve ser um nome de host como www.example.com' },
  { en: 'must name at least one method', es: 'debe nombrar al menos un método', pt: 'deve nomear pelo menos um método' },
  { en: 'must name sms, whatsapp or both', es: 'debe nombrar sms, whatsapp o ambos', pt: 'deve nomear sms, whatsapp ou ambos' },
  { en: 'must be starts of numbers like +34', es: 'deben ser comienzos de números como +34', pt: 'devem ser inícios de números como +34' },
  {
    en: 'must be 6 to 8 digits, or null for a random code',
    es: 'debe tener de 6 a 8 cifras, o nada para un código al azar',
    pt: 'deve ter de 6 a 8 algarismos, ou nada para um código ao acaso',
  },
  { en: 'must be later than from', es: 'debe ser posterior al comienzo', pt: 'deve ser posterior ao início' },
  // And with the words of a template: src/delivery/template_check.cpp.
  { en: 'links to {hosts}: see that these are yours', es: 'enlaza a {hosts}: compruebe que son suyos', pt: 'liga a {hosts}: confirme que são seus' },
  {
    en: 'loads pictures from {hosts}, which learns when somebody opens the message',
    es: 'carga imágenes de {hosts}, que sabe así cuándo alguien abre el mensaje',
    pt: 'carrega imagens de {hosts}, que assim sabe quando alguém abre a mensagem',
  },
  { en: "hides a part of itself: see that the code isn't in it", es: 'oculta una parte: compruebe que el código no está en ella', pt: 'oculta uma parte: confirme que o código não está nela' },
  { en: 'has no {{code}}: people read it in the notification', es: 'no tiene {{code}}: se lee en la notificación', pt: 'não tem {{code}}: lê-se na notificação' },
  { en: "doesn't say how long the code is good: {{validity}}", es: 'no dice cuánto vale el código: {{validity}}', pt: 'não diz quanto tempo o código vale: {{validity}}' },
  { en: "doesn't say never to pass the code on: {{warning}}", es: 'no dice que nunca se comparta el código: {{warning}}', pt: 'não diz que nunca se partilhe o código: {{warning}}' },
  { en: 'must have {{code}}, outside every section', es: 'debe tener {{code}}, fuera de toda sección', pt: 'deve ter {{code}}, fora de qualquer secção' },
  { en: 'must have {{code}} in its text, outside every section', es: 'debe tener {{code}} en su texto, fuera de toda sección', pt: 'deve ter {{code}} no seu texto, fora de qualquer secção' },
];

/** What differs and is a number: words may not stand there, or one sentence would be read as the beginning of another. */
const numbers = ['count', 'min', 'max', 'seconds', 'number', 'wanted'];

const patterns = sentences.map((sentence) => {
  const quoted = sentence.en.replace(/[.*+?^$()|[\]\\]/g, '\\$&');
  // What stands in two braces is part of the sentence.
  const named = quoted.replace(/(?<!\{)\{(\w+)\}/g, (_, name: string) => `(?<${name}>${numbers.includes(name) ? '[\\d.-]+' : '.+?'})`);
  return { sentence, pattern: new RegExp(`^${named}$`, 's') };
});

/** What the API says, in the language of the page. */
export function told(text: string, language: Language): string {
  if (language === 'en') return text;
  for (const { sentence, pattern } of patterns) {
    const found = pattern.exec(text);
    if (found) return fill(sentence[language], found.groups);
  }
  return text;
}
