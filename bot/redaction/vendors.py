"""The vendors' published formats: what their tokens begin with, and what follows."""

from __future__ import annotations

A = "[A-Za-z0-9]"
W = "[A-Za-z0-9_-]"
H = "[0-9a-f]"
END = "(?![A-Za-z0-9])"

# fmt: off
PREFIXED: tuple[tuple[str, str, str], ...] = (
    # kind, beginnings, what follows
    ("AWS key", "AKIA ASIA ABIA ACCA", "[A-Z0-9]{16,}+"),
    ("Alibaba key", "LTAI", A + "{12,}+"),
    ("Google key", "AIza", W + "{35,}+"),
    ("Google token", "ya29.", "[A-Za-z0-9_.-]{20,}+"),
    ("Google secret", "GOCSPX-", W + "{24,}+"),
    ("Firebase key", "AAAA", f"{W}{{7}}:APA91b{W}{{100,}}+"),
    ("Cloudflare key", "v1.0-", f"{H}{{24}}-{H}{{100,}}+"),
    ("Cloudflare token", "cfut_ cfat_ cfk_", A + "{32,}+"),
    ("DigitalOcean token", "dop_v1_ doo_v1_ dor_v1_", H + "{64,}+"),
    ("Heroku key", "HRKU-", W + "{36,}+"),
    ("Vault token", "hvs. hvb. hvr.", W + "{24,}+"),
    ("Vault token", "s.", A + "{24}(?![A-Za-z0-9_.(-])"),
    ("Pulumi token", "pul-", H + "{40,}+"),
    ("Doppler token", "dp.pt. dp.st. dp.ct. dp.sa. dp.scim. dp.audit.", "[A-Za-z0-9_.-]{40,}+"),
    ("Databricks token", "dapi", H + "{32,}+(?:-[0-9])?" + END),
    ("Fly.io token", "fm2_ fm1r_ fm1a_", "[A-Za-z0-9+/=_-]{40,}+"),
    ("Fly.io token", "fo1_", W + "{40,}+"),
    ("Netlify token", "nfp_ nfc_ nfo_ nfu_", A + "{36,}+"),
    ("Supabase token", "sbp_", A + "{40,}+"),
    ("Supabase key", "sb_secret_", W + "{20,}+"),
    ("PlanetScale token", "pscale_tkn_ pscale_pw_ pscale_oauth_", "[A-Za-z0-9_.=-]{32,}+"),
    ("Tailscale key", "tskey-", W + "{20,}+"),
    ("GitHub token", "ghp_ gho_ ghu_ ghs_ ghr_", A + "{36,}+"),
    ("GitHub token", "github_pat_", "[A-Za-z0-9_]{22,}+"),
    ("GitLab token", "glpat- gldt- glrt- glrtr- glcbt- glptt- glft- glimt- glagent- glsoat- gloas- "
                     "glffct- glwt-", "[A-Za-z0-9_.-]{20,}+"),
    ("GitLab token", "GR1348941", W + "{20,}+"),
    ("Bitbucket token", "ATBB", A + "{24,}+"),
    ("Bitbucket token", "ATCTT3", "[A-Za-z0-9_=-]{60,}+"),
    ("Atlassian token", "ATATT3", "[A-Za-z0-9_=-]{60,}+"),
    ("npm token", "npm_", A + "{36,}+"),
    ("PyPI token", "pypi-AgE", W + "{50,}+"),
    ("RubyGems key", "rubygems_", H + "{48,}+"),
    ("crates.io token", "cio", A + "{32}" + END),
    ("NuGet key", "oy2", "[a-z0-9]{43}" + END),
    ("Docker token", "dckr_pat_ dckr_oat_", W + "{20,}+"),
    ("Buildkite token", "bkua_", H + "{40,}+"),
    ("SonarQube token", "sqp_ sqa_ squ_", H + "{40,}+"),
    ("Artifactory key", "AKCp", A + "{60,}+"),
    ("OpenAI key", "sk-proj- sk-svcacct- sk-admin- sk-None-", W + "{20,}+"),
    ("OpenRouter key", "sk-or-v1-", H + "{64,}+"),
    ("Anthropic key", "sk-ant-", W + "{20,}+"),
    ("OpenAI key", "sk-", A + "{32,}+"),
    ("Hugging Face token", "hf_ api_org_", A + "{30,}+"),
    ("Groq key", "gsk_", A + "{40,}+"),
    ("xAI key", "xai-", A + "{60,}+"),
    ("Perplexity key", "pplx-", A + "{40,}+"),
    ("Replicate token", "r8_", A + "{36,}+"),
    ("Slack token", "xoxa- xoxb- xoxe- xoxo- xoxp- xoxr- xoxs- xoxc- xoxd-", "[A-Za-z0-9-]{12,}+"),
    ("Slack token", "xoxe.xox", W + "{20,}+"),
    ("Slack token", "xapp-", "[A-Za-z0-9-]{20,}+"),
    ("SendGrid key", "SG.", rf"{W}{{16,64}}\.{W}{{16,}}+"),
    ("Mailgun key", "key-", H + "{32}" + END),
    ("Brevo key", "xkeysib- xsmtpsib-", f"{H}{{64}}-{A}{{16,}}+"),
    ("Twilio key", "SK", H + "{32}" + END),
    ("Twilio token", "AC", f"{H}{{32}}:{H}{{32}}{END}"),
    ("Stripe key", "sk_live_ sk_test_ rk_live_ rk_test_", A + "{10,}+"),
    ("Stripe key", "whsec_", "[A-Za-z0-9+/=]{24,}+"),
    ("Shopify token", "shpat_ shpss_ shpca_ shppa_", "[0-9a-fA-F]{32,}+"),
    ("Square token", "EAAA", W + "{58,}+"),
    ("Square secret", "sq0csp- sq0atp-", W + "{22,}+"),
    ("Linear key", "lin_api_ lin_oauth_", A + "{32,}+"),
    ("Notion token", "ntn_", A + "{40,}+"),
    ("Notion token", "secret_", A + "{43}" + END),
    ("Figma token", "figd_ figu_ figor_", W + "{30,}+"),
    ("Grafana token", "glsa_", f"{A}{{32}}_{H}{{8}}"),
    ("Grafana token", "glc_eyJ", "[A-Za-z0-9+/=]{32,}+"),
    ("New Relic key", "NRAK- NRJS- NRII-", W + "{19,}+"),
    ("Sentry token", "sntrys_eyJ", "[A-Za-z0-9+/=_-]{60,}+"),
    ("Sentry token", "sntryu_", H + "{64,}+"),
    ("PostHog key", "phx_", A + "{40,}+"),
    ("Airtable token", "pat", rf"{A}{{14}}\.{H}{{64}}"),
    ("Dropbox token", "sl.", W + "{100,}+"),
    ("Postman key", "PMAK-", f"{H}{{24}}-{H}{{34}}"),
    ("Mapbox token", "sk.eyJ", rf"{W}{{30,}}\.{W}{{20,}}+"),
    ("1Password token", "ops_eyJ", "[A-Za-z0-9+/=_-]{100,}+"),
    ("Age key", "AGE-SECRET-KEY-1", "[A-Z0-9]{58,}+"),
    ("private key", "LS0tLS1CRUdJTi", "[A-Za-z0-9+/=]{16,}+"),
)
"""Nearly all tokens hold sixteen letters, digits, underscores or dashes without a break."""

JWT = ("JWT", "eyJ", rf"{W}{{8,}}+\.eyJ{W}{{8,}}+\.{W}{{8,}}+")
"""A prefix that is found inside other tokens."""

ADDRESSED: tuple[tuple[str, str, str], ...] = (
    # kind, an address that needs no long word, what follows
    ("Slack webhook", "hooks.slack.com/", "[A-Za-z0-9/_-]{20,}+"),
    ("Discord webhook", "discord.com/api/webhooks/", "[A-Za-z0-9/_-]{20,}+"),
    ("Discord webhook", "discordapp.com/api/webhooks/", "[A-Za-z0-9/_-]{20,}+"),
)

SHAPED: tuple[tuple[str, str, str], ...] = (
    # kind, what every one holds among its long words, its whole shape
    ("Azure secret", "Q~", r"[A-Za-z0-9_.~-]{3}[0-9]Q~[A-Za-z0-9_.~-]{31,}+"),
    ("Terraform token", r"\.atlasv1\.", rf"{A}{{14}}\.atlasv1\.{W}{{60,}}+"),
    ("Firebase key", ":APA91b", rf"AAAA{W}{{7}}:APA91b{W}{{100,}}+"),
    ("Mailchimp key", "[0-9a-f]-us[0-9]", rf"{H}{{32}}-us[0-9]{{1,2}}{END}"),
    ("Discord token", rf"\.{W}{{27}}",
     rf"{A}{{23,28}}+\.{W}{{5,8}}\.(?={W}{{0,40}}[0-9]){W}{{27,}}+"),
)
"""Tokens without a beginning of their own."""
# fmt: on
