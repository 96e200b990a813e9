"""Lines that speak of secrets, or have their look, and hold none."""

from typing import Final

_CODE: Final = r"""
def login(user: str, password: str) -> Session:
    self.token = token
    password = getpass.getpass("Password: ")
    api_key = os.environ["OPENAI_API_KEY"]
    secret = settings.SECRET_KEY
const token = await getToken();
const apiKey = process.env.API_KEY;
const { password, ...rest } = user;
if (!token) throw new Error("token is missing");
password: z.string().min(8),
password?: string;
  password: string;
  token: string | null,
headers["Authorization"] = f"Bearer {token}"
headers: { Authorization: `Bearer ${token}` },
Authorization: Bearer $TOKEN
req.Header.Set("Authorization", "Bearer "+token)
curl -H "Authorization: Bearer $GITHUB_TOKEN" https://api.example.com/user
curl -u "$USER:$PASSWORD" https://example.com
let token: Token = parse_token(input)?;
type Token struct { Kind TokenKind; Text string }
self.assertEqual(token.type, TokenType.NUMBER)
for token in tokenize(source):
    tokens_used = response.usage.total_tokens
max_tokens = 4096
max_tokens: 4096
"max_tokens": 128000,
total_tokens=18231, input_tokens=17011, output_tokens=1220
num_tokens_per_second=87.31
key = "created_at"
primary_key=True, nullable=False
foreign_key: tasks.id
sort_key=lambda row: row.created_at
cache_key = f"{project.id}:{task.id}"
PRIMARY KEY (workspace_id, session_id),
SELECT password_hash, token_count FROM users WHERE id = $1;
ALTER TABLE users ADD COLUMN password_reset_token TEXT;
CREATE INDEX ix_tokens_user ON tokens (user_id);
<input type="password" name="password" autocomplete="current-password">
<label for="password">Password</label>
input[type="password"] { border: 1px solid #c0ffee; }
.token.keyword { color: #d73a49; }
.token.string, .token.attr-value { color: var(--token-string); }
background: url(data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7);
import { useAuthToken } from "@/hooks/use-auth-token";
from app.secrets import load_secrets, SecretStore
from .token import Token, TokenStream
class PasswordResetForm(forms.Form):
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = []
SESSION_COOKIE_SECURE = True
TOKEN_EXPIRY_SECONDS = 3600
API_KEY_HEADER = "X-Api-Key"
SECRET_NAME_PATTERN = re.compile(r"(?i)secret|token|passw")
"""

_SETTINGS: Final = r"""
DB_PASSWORD=
API_TOKEN=""
SECRET_KEY=${SECRET_KEY}
DB_PASS=$DB_PASS
export GITHUB_TOKEN=$(gh auth token)
export PGPASSWORD="$(cat /run/secrets/pg)"
POSTGRES_PASSWORD_FILE=/run/secrets/postgres-password
      POSTGRES_PASSWORD: ${POSTGRES_PASSWORD}
      POSTGRES_PASSWORD: ${POSTGRES_PASSWORD:?set it}
          GITHUB_TOKEN: ${{ secrets.GITHUB_TOKEN }}
          token: ${{ github.token }}
    secretKeyRef: { name: db, key: password }
              key: password
          secretName: app-tls
password = var.db_password
  token = data.vault_generic_secret.ci.data["token"]
ENV API_TOKEN=$API_TOKEN
ARG NPM_TOKEN
//registry.example.com/:_authToken=${NPM_TOKEN}
API_KEY=<your key>
TELEGRAM_BOT_TOKEN=<token from BotFather>
PASSWORD=********
DB_PASSWORD=xxxxxxxx
"password": null,
"token": true,
password: ""
token: null
use_password = false
requires_password=yes
password_required: true
--password-stdin
docker login --username ci --password-stdin
mysql -u root -p shop
mysql -u root -p
sshpass -e ssh deploy@example.com
ssh -i ~/.ssh/id_ed25519 -p 2222 deploy@example.com
mkdir -p src/components
curl -u ci https://example.com
git push -u origin feature/password-reset
tool login --token-file /run/secrets/token
DATABASE_URL=sqlite+aiosqlite:///data/bot.db
DATABASE_URL=postgres://localhost:5432/shop
REDIS_URL=redis://cache:6379/0
git@github.com:acme/shop.git
ssh://git@example.com:2222/acme/shop.git
https://example.com/@user/page:8080
http://[::1]:8080/login?next=/settings
KEYBOARD_LAYOUT=de
MONKEY=banana
AUTHOR=Ada Lovelace
TOKENIZERS_PARALLELISM=false
PASSWORDLESS_LOGIN=enabled
SSH_AUTH_SOCK=/tmp/ssh-Qx7JY3kd0f/agent.4711
XDG_SESSION_ID=4
SESSION_TIMEOUT=3600
"""

_PROSE: Final = r"""
The password must be at least 12 characters long.
I added a token bucket, so that each user has 20 commands a minute.
The secret: keep functions small.
Password: required. Token: optional.
Set the password in the settings, then restart.
Please rotate the API key and tell me when it is done.
Error: invalid token at line 12, column 7
Error: password authentication failed for user "app"
SyntaxError: Unexpected token '<', "<!doctype "... is not valid JSON
fatal: could not read Password for 'https://example.com': terminal prompts disabled
remote: Support for password authentication was removed on August 13, 2021.
warning: token expired, refreshing
HTTP 401: the Authorization header is missing
WWW-Authenticate: Bearer realm="api", error="invalid_token"
Authorization: Basic is not supported any more
Basic authentication and Bearer tokens are both accepted.
Cookie: was not sent
Set-Cookie is ignored when the site is third-party.
Use `sk-` keys for servers and `pk-` keys for browsers.
Tokens that begin with ghp_ or github_pat_ are GitHub's.
AKIA is the prefix of access keys, AIza of Google's.
A PEM file begins with BEGIN and ends with END.
-----BEGIN CERTIFICATE-----
-----BEGIN PUBLIC KEY-----
ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ8i0F5cXw0lBqM2mXz1u8Zq1n8m1y4s0VbYpQ5N2kq3 dev@example.com
SHA256:uNiVztksCsDhcc0u9e8BgrJXVGDtDpZC3qGUVhJ6tNs dev@example.com (ED25519)
The task-force used a disk-based risk-model and a desk-top.
ask-me-anything, mask-image, risk_live_data, task_live_view
src/hf_model/key-handler/xai-tools/r8_format.py
test_password_reset_sends_one_mail PASSED
tests/auth/test_token.py::test_expired_token_is_refused PASSED                        [ 12%]
 create mode 100644 src/auth/password_reset.py
 src/auth/token.py        | 31 +++++++++++++++---------------
 rename {token => tokens}/parser.go (98%)
npm warn deprecated inflight@1.0.6: This module leaks memory.
added 312 packages, and audited 313 packages in 9s
Compiling secrecy v0.10.3
   Compiling token-bucket v0.2.1 (/home/dev/app/crates/token-bucket)
Downloading aiohttp-3.14.5-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl (1.7 MB)
warning: unused variable: `password`
  --> src/auth.rs:41:9
 41 |     let password = read()?;
    at login (/home/dev/app/src/auth/login.ts:88:13)
127.0.0.1 - - [04/May/2026:12:31:07 +0000] "GET /login?next=%2Fsettings HTTP/1.1" 200 5120
2026-05-04 12:31:07,114 INFO [auth] token refreshed for user 4711 in 31 ms
_ZN4core3ptr85drop_in_place$LT$std..rt..lang_start$LT$$LP$$RP$$GT$..$u7b$$u7b$closure17h0f3ea1d2
org.springframework.security.authentication.UsernamePasswordAuthenticationToken
com.example.app.security.JwtAuthenticationTokenFilter.doFilterInternal(JwtFilter.java:42)
0x7f3a5c0d1e40 0x00007ffd8a6b1c20 deadbeefcafebabe
"""

LINES: Final[tuple[str, ...]] = tuple(
    line for text in (_CODE, _SETTINGS, _PROSE) for line in text.strip("\n").split("\n")
)
