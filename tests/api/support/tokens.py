"""Takes JSON Web Tokens apart and puts forged ones together."""

import base64
import json
import subprocess

import jwt

from support.server import ISSUER, ROOT

# Also run by Node.js: the library that most web back ends check tokens with.
JOSE_SCRIPT = """
import { createLocalJWKSet, jwtVerify } from '%(jose)s';
const { jwks, token, options } = JSON.parse(process.argv[2]);
try {
  const { payload, protectedHeader } = await jwtVerify(token, createLocalJWKSet(jwks), options);
  console.log(JSON.stringify({ payload, protectedHeader }));
} catch (error) {
  console.log(JSON.stringify({ error: error.code }));
}
"""


def encode(part):
    if isinstance(part, dict):
        part = json.dumps(part, separators=(",", ":"))
    if isinstance(part, str):
        part = part.encode()
    return base64.urlsafe_b64encode(part).decode().rstrip("=")


def decode(part):
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def parts(token):
    """Header and payload as dictionaries, and the signature as bytes."""
    header, payload, signature = token.split(".")
    return json.loads(decode(header)), json.loads(decode(payload)), decode(signature)


def join(header, payload, signature=b""):
    return ".".join([encode(header), encode(payload), encode(signature)])


def jwks(api):
    answer = api.get("/.well-known/jwks.json", token=None)
    assert answer.status == 200
    return answer.json


def verify_with_pyjwt(api, token, project_id):
    """The claims, if the token is what a customer's back end may trust."""
    keys = jwt.PyJWKSet.from_dict(jwks(api))
    header = jwt.get_unverified_header(token)
    key = next(key for key in keys.keys if key.key_id == header["kid"])
    return jwt.decode(token, key.key, algorithms=["ES256"], audience=project_id, issuer=ISSUER,
                      options={"require": ["iss", "aud", "sub", "iat", "exp", "jti"]})


def verify_with_jose(api, token, folder, **options):
    """What npm `jose` says: {"payload", "protectedHeader"} or {"error"}."""
    jose = ROOT / "web/node_modules/jose"
    entry = json.loads((jose / "package.json").read_text(encoding="utf-8"))["exports"]["."]
    path = entry["import"] if isinstance(entry.get("import"), str) else entry["default"]
    script = folder / "verify.mjs"
    script.write_text(JOSE_SCRIPT % {"jose": (jose / path).resolve().as_uri()}, encoding="utf-8")
    request = json.dumps({"jwks": jwks(api), "token": token, "options": options})
    done = subprocess.run(["node", str(script), request], capture_output=True, text=True,
                          timeout=60, check=True)
    return json.loads(done.stdout)
