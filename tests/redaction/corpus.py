"""Synthetic secrets in the shapes their vendors publish, made as the tests run."""

from __future__ import annotations

import random
import string
from base64 import b64encode

_ALNUM = string.ascii_letters + string.digits
_UPPER = string.ascii_uppercase + string.digits
_HEX = string.digits + "abcdef"
_URLSAFE = _ALNUM + "_-"
_BASE32 = string.ascii_uppercase + "234567"
_BECH32 = "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L"


def _made(alphabet: str, length: int, seed: str) -> str:
    """Return characters that are the same in every run, with a digit where there may be one."""
    chosen = random.Random(f"{seed}/{length}")
    text = "".join(chosen.choice(alphabet) for _ in range(length - 2))
    return f"{text[:3]}{'7' if '7' in alphabet else alphabet[0]}{text[3:]}{alphabet[-3]}"


def _pem(kind: str) -> str:
    body = "\n".join(_made(_ALNUM + "+/", 64, f"{kind}{line}") for line in range(6))
    return f"-----BEGIN {kind}PRIVATE KEY-----\n{body}\n-----END {kind}PRIVATE KEY-----"


def _jwt() -> str:
    parts = (b'{"alg":"HS256","typ":"JWT"}', b'{"sub":"1234567890","name":"J"}')
    head = ".".join(b64encode(part).decode().rstrip("=") for part in parts)
    return f"{head}.{_made(_URLSAFE, 43, 'jwt')}"


def _discord() -> str:
    user = b64encode(b"123456789012345678").decode()
    return f"{user}.{_made(_ALNUM, 6, 'd')}.{_made(_URLSAFE, 38, 'd')}"


def _prefixed(seed: str, prefix: str, alphabet: str, length: int) -> str:
    return prefix + _made(alphabet, length, seed)


TOKENS: tuple[tuple[str, str], ...] = (
    ("AWS key", _prefixed("aws", "AKIA", _BASE32, 16)),
    ("AWS key", _prefixed("sts", "ASIA", _BASE32, 16)),
    ("GitHub token", _prefixed("p", "ghp_", _ALNUM, 36)),
    ("GitHub token", _prefixed("o", "gho_", _ALNUM, 36)),
    ("GitHub token", _prefixed("u", "ghu_", _ALNUM, 36)),
    ("GitHub token", _prefixed("s", "ghs_", _ALNUM, 36)),
    ("GitHub token", _prefixed("r", "ghr_", _ALNUM, 76)),
    ("GitHub token", _prefixed("g", "github_pat_", _ALNUM, 22) + "_" + _made(_ALNUM, 59, "g")),
    ("GitLab token", _prefixed("gl", "glpat-", _URLSAFE, 20)),
    ("GitLab token", _prefixed("gl", "gldt-", _URLSAFE, 20)),
    ("GitLab token", _prefixed("gl", "glrt-", _URLSAFE, 20)),
    ("GitLab token", _prefixed("gl", "glcbt-", _URLSAFE, 26)),
    ("GitLab token", _prefixed("gl", "glptt-", _HEX, 40)),
    ("GitLab token", _prefixed("gl", "glsoat-", _URLSAFE, 20)),
    ("Bitbucket token", _prefixed("bb", "ATBB", _ALNUM, 32)),
    ("Atlassian token", _prefixed("at", "ATATT3xFfGF0", _URLSAFE, 120)),
    ("Slack token", f"xoxb-{'1' * 12}-{'2' * 12}-" + _made(_ALNUM, 24, "xoxb")),
    ("Slack token", f"xoxp-{'1' * 12}-{'2' * 12}-{'3' * 12}-" + _made(_HEX, 32, "xoxp")),
    ("Slack token", "xapp-1-A0" + _made(_UPPER, 9, "xapp") + "-1-" + _made(_HEX, 64, "xapp")),
    ("Slack webhook", "hooks.slack.com/services/T0AB/B0CD/" + _made(_ALNUM, 24, "wh")),
    ("Discord token", _discord()),
    ("Discord webhook", "discord.com/api/webhooks/1234567890123/" + _made(_ALNUM, 68, "w")),
    ("Telegram token", "7234567890:AA" + _made(_URLSAFE, 33, "tg")),
    ("Stripe key", _prefixed("st", "sk_live_", _ALNUM, 24)),
    ("Stripe key", _prefixed("st", "sk_test_", _ALNUM, 24)),
    ("Stripe key", _prefixed("st", "rk_live_", _ALNUM, 24)),
    ("Stripe key", _prefixed("st", "whsec_", _ALNUM, 32)),
    ("Twilio key", _prefixed("tw", "SK", _HEX, 32)),
    ("SendGrid key", "SG." + _made(_URLSAFE, 22, "a") + "." + _made(_URLSAFE, 43, "b")),
    ("Mailgun key", _prefixed("mg", "key-", _HEX, 32)),
    ("npm token", _prefixed("npm", "npm_", _ALNUM, 36)),
    ("PyPI token", "pypi-AgEIcHlwaS5vcmc" + _made(_URLSAFE, 80, "pypi")),
    ("Docker token", _prefixed("dk", "dckr_pat_", _URLSAFE, 27)),
    ("Hugging Face token", _prefixed("hf", "hf_", string.ascii_letters, 34)),
    ("OpenAI key", _prefixed("oa", "sk-", _ALNUM, 48)),
    ("OpenAI key", _prefixed("oa", "sk-proj-", _URLSAFE, 100)),
    ("OpenAI key", _prefixed("oa", "sk-svcacct-", _URLSAFE, 100)),
    ("Anthropic key", _prefixed("an", "sk-ant-api03-", _URLSAFE, 93) + "AA"),
    ("Google key", _prefixed("go", "AIza", _URLSAFE, 35)),
    ("Google token", _prefixed("ya", "ya29.", _URLSAFE, 60)),
    ("Google secret", _prefixed("gs", "GOCSPX-", _URLSAFE, 28)),
    ("Cloudflare key", "v1.0-" + _made(_HEX, 24, "cf") + "-" + _made(_HEX, 146, "cf")),
    ("DigitalOcean token", _prefixed("do", "dop_v1_", _HEX, 64)),
    ("DigitalOcean token", _prefixed("do", "doo_v1_", _HEX, 64)),
    ("Heroku key", "HRKU-AA" + _made(_URLSAFE, 58, "hk")),
    ("Vault token", _prefixed("va", "hvs.", _URLSAFE, 90)),
    ("Vault token", _prefixed("vb", "hvb.", _URLSAFE, 140)),
    ("Vault token", _prefixed("vs", "s.", _ALNUM, 24)),
    ("Age key", _prefixed("age", "AGE-SECRET-KEY-1", _BECH32, 58)),
    ("JWT", _jwt()),
    ("private key", _pem("RSA ")),
    ("private key", _pem("OPENSSH ")),
    ("private key", _pem("EC ")),
    ("private key", _pem("")),
)
"""Secrets that are told by their shape alone."""

_AWS_SECRET = _made(_ALNUM + "/+", 40, "aws secret")
_UUID = "3f2b8c1d-9a4e-4f6b-8d2c-7e1a5b9c0d3f"
_STORAGE = _made(_ALNUM + "+/", 86, "azure") + "=="
_PLAIN = _made(_ALNUM, 20, "plain")
_SIGNATURE = _made(_ALNUM, 43, "sas")
_BASIC = b64encode(b"someone:hunter22").decode()

KEYED: tuple[tuple[str, str, str], ...] = (
    ("secret", "AWS_SECRET_ACCESS_KEY={}", _AWS_SECRET),
    ("secret", "aws_secret_access_key = {}", _AWS_SECRET),
    ("Azure secret", "AZURE_CLIENT_SECRET={}", "abc8Q~" + _made(_ALNUM, 34, "azure client")),
    ("secret", "EndpointName=x;AccountKey={};EndpointSuffix=core", _STORAGE),
    ("secret", "HEROKU_API_KEY={}", _UUID),
    ("secret", "TWILIO_AUTH_TOKEN={}", _made(_HEX, 32, "twilio")),
    ("secret", "export CLOUDFLARE_API_TOKEN={}", _made(_URLSAFE, 40, "cloudflare")),
    ("secret", 'export NPM_TOKEN="{}"', _PLAIN),
    ("password", "DB_PASSWORD={}", "hunter2x"),
    ("password", "POSTGRES_PASSWORD: {}", _PLAIN),
    ("password", '"password": "{}"', "hunter2x!"),
    ("password", '\\"password\\": \\"{}\\"', "hunter2x!"),
    ("password", "db:\n  password: {}", "hunter2x"),
    ("password", 'password = "{}"', "hunter2x!"),
    ("password", "mysql --password={} db", "hunter2x"),
    ("password", "mysql --password {} db", "hunter2x"),
    ("secret", "deploy --token {} now", _PLAIN),
    ("secret", "deploy --api-key='{}' now", _PLAIN),
    ("password", "Server=db;Uid=sa;Pwd={};", "hunter2x!"),
    ("password", "postgres://someone:{}@db.example.org:5432/app", "hunter2x"),
    ("password", "https://someone:{}@example.org/path", _PLAIN),
    ("password", "redis://:{}@cache:6379/0", "hunter2x"),
    ("credentials", "Authorization: Bearer {}", _PLAIN),
    ("credentials", "curl -H 'Authorization: Basic {}' https://example.org", _BASIC),
    ("credentials", '{{"Authorization": "Bearer {}"}}', _PLAIN),
    ("cookie", "Cookie: {}", f"session={_PLAIN}; theme=dark"),
    ("cookie", "curl -H 'Cookie: {}' https://example.org", f"session={_PLAIN}"),
    ("cookie", "Set-Cookie: {}", f"id={_PLAIN}; HttpOnly"),
    ("Azure signature", "https://x.blob.core.windows.net/c?sv=2022&sig={}&se=2026", _SIGNATURE),
)
"""Secrets that are told by what stands before them: kind, context, secret."""

AROUND = (
    "{}",
    "It is {} now.",
    '{{"value": "{}"}}',
    "+{}",
    "-{}",
    "echo '{}' | tee out",
    "a\\n{}\\nb",
    "https://example.org/?q={}&r=1",
    "\x1b[31m{}\x1b[0m",
    "`{}`",
    "**{}**",
    "VALUE={}\n",
)
"""Where a token may stand."""

CLEAN = (
    "task-runner-that-has-a-long-kebab-case-name-indeed",
    "the sk-circle-fade-dot class of the spinner",
    "at 12:30:11 on 2026-11-22, build 1700000000000:ok",
    "commit 9fceb02d0ae598e95dc970b74767f19372d61af8",
    "https://example.org/a/b?c=d&e=f#g and http://localhost:8080/x",
    "gh pr create && npm run build && eyJ is a beginning",
    "AKIA and AIza alone are names",
    "def __init__(self, token: str, password: str | None = None) -> None: ...",
    "password = input()",
    "def ask(prompt='Password: ', stream=None):",
    "token = self._tokens.next_token()",
    "secret = os.environ['SECRET']",
    "TOKEN=<your-token>",
    "API_KEY=xxxxxxxx",
    "PASSWORD=${DB_PASSWORD}",
    "export TOKEN=$(cat token.txt)",
    "TOKEN=",
    'PASSWORD=""',
    '"token": "string"',
    "max_tokens: 4096, tokens=12000, total_tokens = 128000",
    "password: required",
    "Authorization: Bearer <token>",
    "headers: { Authorization: `Bearer ${token}` }",
    "Cookie: a small file that a site keeps",
    "use --token instead of --password here",
    "3f2b8c1d-9a4e-4f6b-8d2c-7e1a5b9c0d3f",
    "sha512-oV5kbM0Kc9gwv3RZbWvGF7dyjW4GSl0q6k0OMq2TRfDp6hJkDlKz8B8fXg==",
    "/usr/lib/python3.11/site-packages/pip/_internal/cli/main_parser.py",
    "GOOGLE_APPLICATION_CREDENTIALS=/etc/keys/service.json",
    'if line.startswith("-----BEGIN PRIVATE KEY-----"):\n    return parse(line)\n',
    "s.getElementsByClassNameAndId(x)",
    "key = value, monkey: banana, keyboard=qwerty1",
    "git@github.com:owner/repository.git",
    "mailto:someone@example.org",
)
"""What looks nearly like a secret, and is none."""
