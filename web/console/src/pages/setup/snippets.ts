/** What a project's own server needs, in its language: ids filled in, secrets left to the environment. */

export const snippetLanguages = ['curl', 'TypeScript', 'Python', 'PHP', 'C++'] as const;
export type SnippetLanguage = (typeof snippetLanguages)[number];

interface Place {
  /** Where the server is reached, such as https://login.example.com. */
  url: string;
  projectId: string;
}

const curl = ({ url, projectId }: Place) => `API=${url}/v2/access
TOKEN=$(curl -s $API/auth/token -H 'Content-Type: application/json' \\
  -d "{\\"client_id\\": \\"$ACCESSD_CLIENT_ID\\", \\"client_secret\\": \\"$ACCESSD_CLIENT_SECRET\\"}" | jq -r .data.access_token)

curl -s $API/email/send-otp -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' \\
  -d '{"project_id": "${projectId}", "email": "user@example.com"}'

# With the validation_id of that answer and the code that the person typed:
curl -s $API/email/verify-otp -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' \\
  -d '{"email": "user@example.com", "otp": "123456", "validation_id": "val_..."}'
`;

const typescript = ({ url, projectId }: Place) => `const api = '${url}/v2/access';

async function call(path: string, body: object, token?: string) {
  const answer = await fetch(api + path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...(token && { Authorization: \`Bearer \${token}\` }) },
    body: JSON.stringify(body),
  });
  const json = await answer.json();
  if (!json.success) throw new Error(json.code); // INVALID_OTP, RATE_LIMITED, ...
  return json.data;
}

const { access_token } = await call('/auth/token', {
  client_id: process.env.ACCESSD_CLIENT_ID,
  client_secret: process.env.ACCESSD_CLIENT_SECRET,
});
const sent = await call('/email/send-otp', { project_id: '${projectId}', email }, access_token);
const done = await call('/email/verify-otp', { email, otp, validation_id: sent.validation_id }, access_token);
console.log(done.user.user_id, done.token);
`;

const python = ({ url, projectId }: Place) => `import os, requests

API = "${url}/v2/access"

def call(path, body, token=None):
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    answer = requests.post(API + path, json=body, headers=headers, timeout=10).json()
    if not answer["success"]:
        raise RuntimeError(answer["code"])  # INVALID_OTP, RATE_LIMITED, ...
    return answer["data"]

token = call("/auth/token", {"client_id": os.environ["ACCESSD_CLIENT_ID"],
                             "client_secret": os.environ["ACCESSD_CLIENT_SECRET"]})["access_token"]
sent = call("/email/send-otp", {"project_id": "${projectId}", "email": email}, token)
done = call("/email/verify-otp", {"email": email, "otp": otp, "validation_id": sent["validation_id"]}, token)
print(done["user"]["user_id"], done["token"])
`;

const php = ({ url, projectId }: Place) => `<?php
const API = '${url}/v2/access';

function call(string $path, array $body, ?string $token = null): array {
    $headers = "Content-Type: application/json\\r\\n" . ($token ? "Authorization: Bearer $token\\r\\n" : '');
    $context = stream_context_create(['http' => [
        'method' => 'POST', 'header' => $headers, 'content' => json_encode($body), 'ignore_errors' => true]]);
    $answer = json_decode(file_get_contents(API . $path, false, $context), true);
    if (!$answer['success']) throw new RuntimeException($answer['code']); // INVALID_OTP, RATE_LIMITED, ...
    return $answer['data'];
}

$token = call('/auth/token', ['client_id' => getenv('ACCESSD_CLIENT_ID'),
                              'client_secret' => getenv('ACCESSD_CLIENT_SECRET')])['access_token'];
$sent = call('/email/send-otp', ['project_id' => '${projectId}', 'email' => $email], $token);
$done = call('/email/verify-otp', ['email' => $email, 'otp' => $otp, 'validation_id' => $sent['validation_id']], $token);
echo $done['user']['user_id'];
`;

const cpp = ({ url, projectId }: Place) => `// g++ -std=c++20 login.cpp -lcurl   (libcurl, nlohmann-json)
#include <curl/curl.h>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>

const std::string kApi = "${url}/v2/access";

nlohmann::json call(const std::string& path, const nlohmann::json& body, const std::string& token = {})
{
    std::string answer;
    const auto text = body.dump();
    auto* headers = curl_slist_append(nullptr, "Content-Type: application/json");
    if (!token.empty()) headers = curl_slist_append(headers, ("Authorization: Bearer " + token).c_str());
    auto* curl = curl_easy_init();
    curl_easy_setopt(curl, CURLOPT_URL, (kApi + path).c_str());
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, text.c_str());
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, 10L);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &answer);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, +[](char* data, size_t size, size_t count, void* out) {
        static_cast<std::string*>(out)->append(data, size * count);
        return size * count;
    });
    const auto status = curl_easy_perform(curl);
    curl_easy_cleanup(curl);
    curl_slist_free_all(headers);
    if (status != CURLE_OK) throw std::runtime_error{curl_easy_strerror(status)};
    const auto json = nlohmann::json::parse(answer);
    if (!json.at("success")) throw std::runtime_error{json.at("code").get<std::string>()};
    return json.at("data");
}

std::string send_code(const std::string& email, const std::string& token)
{
    return call("/email/send-otp", {{"project_id", "${projectId}"}, {"email", email}}, token).at("validation_id");
}
`;

const snippets: Record<SnippetLanguage, (place: Place) => string> = { curl, TypeScript: typescript, Python: python, PHP: php, 'C++': cpp };

export function snippet(language: SnippetLanguage, place: Place): string {
  return snippets[language](place);
}
