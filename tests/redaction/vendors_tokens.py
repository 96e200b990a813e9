"""Tokens that are recognised by their own look, wherever they stand."""

from typing import Final

from tests.redaction.vendors_model import Kind, Shape, of_rows

_CLOUDS: Final = (
    ("AWS access key id", "IAM user guide, unique identifiers", "AKIA{B16}"),
    ("AWS temporary access key id", "IAM user guide, unique identifiers", "ASIA{B16}"),
    ("Google API key", "Google Cloud, API keys: AIza and 35", "AIza{w35}"),
    ("Google OAuth client secret", "Google Cloud, OAuth clients: GOCSPX- and 28", "GOCSPX-{w28}"),
    ("Google OAuth access token", "Google identity, token types: ya29.", "ya29.a0{w120-180}"),
    ("Azure client secret value", "Entra ID: 3, a digit, Q~ and 34", "{a3}{d1}Q~{w34}"),
    ("Alibaba Cloud access key id", "Alibaba Cloud RAM: LTAI5t and 18", "LTAI5t{a18}"),
    ("Cloudflare origin CA key", "Cloudflare, origin CA keys: v1.0-", "v1.0-{h24}-{h146}"),
    ("DigitalOcean personal token", "DigitalOcean API: dop_v1_ and 64 hex", "dop_v1_{h64}"),
    ("DigitalOcean OAuth token", "DigitalOcean API: doo_v1_ and 64 hex", "doo_v1_{h64}"),
    ("DigitalOcean refresh token", "DigitalOcean API: dor_v1_ and 64 hex", "dor_v1_{h64}"),
    ("Heroku API key", "Heroku platform API, 2024 format: HRKU-AA and 58", "HRKU-AA{w58}"),
    ("Vault service token", "Vault 1.10 token prefixes: hvs.", "hvs.CAESI{w90-120}"),
    ("Vault batch token", "Vault 1.10 token prefixes: hvb.", "hvb.AAAAAQ{w138-200}"),
    ("Vault legacy token", "Vault before 1.10: s. and 24", "s.{a24}"),
    ("Terraform Cloud token", "HCP Terraform API tokens", "{a14}.atlasv1.{w67}"),
    ("Pulumi access token", "Pulumi Cloud: pul- and 40 hex", "pul-{h40}"),
    ("Doppler personal token", "Doppler token formats: dp.pt.", "dp.pt.{a43}"),
    ("Doppler service token", "Doppler token formats: dp.st.", "dp.st.prd.{a43}"),
    ("Databricks token", "Databricks personal access tokens: dapi and 32 hex", "dapi{h32}"),
    ("Fly.io macaroon", "Fly.io tokens: FlyV1 fm2_", "fm2_{b500-700}"),
    ("Netlify token", "Netlify personal tokens: nfp_ and 36", "nfp_{a36}"),
    ("Supabase access token", "Supabase management API: sbp_ and 40 hex", "sbp_{h40}"),
    ("Supabase secret key", "Supabase API keys: sb_secret_", "sb_secret_{w22}_{w8}"),
    ("PlanetScale token", "PlanetScale service tokens: pscale_tkn_", "pscale_tkn_{w43}"),
    ("PlanetScale password", "PlanetScale passwords: pscale_pw_", "pscale_pw_{w43}"),
    ("Tailscale auth key", "Tailscale key prefixes", "tskey-auth-{a12}CNTRL-{a32}"),
)

_FORGES: Final = (
    ("GitHub classic token", "GitHub, token prefixes: ghp_ and 36", "ghp_{a36}"),
    ("GitHub OAuth token", "GitHub, token prefixes: gho_ and 36", "gho_{a36}"),
    ("GitHub user-to-server token", "GitHub, token prefixes: ghu_ and 36", "ghu_{a36}"),
    ("GitHub app token", "GitHub, token prefixes: ghs_ and 36", "ghs_{a36}"),
    ("GitHub refresh token", "GitHub, token prefixes: ghr_ and 36 to 76", "ghr_{a36-76}"),
    ("GitHub fine-grained token", "GitHub, token prefixes", "github_pat_{u22}_{a59}"),
    ("GitLab personal token", "GitLab, token prefixes: glpat- and 20", "glpat-{w20}"),
    ("GitLab routable token", "GitLab, routable tokens", "glpat-{w27-131}.01.{l9}"),
    ("GitLab runner token", "GitLab, token prefixes: glrt- and 20", "glrt-{w20}"),
    ("GitLab runner registration", "GitLab, token prefixes: GR1348941", "GR1348941{w20}"),
    ("GitLab deploy token", "GitLab, token prefixes: gldt- and 20", "gldt-{w20}"),
    ("GitLab CI job token", "GitLab, token prefixes: glcbt-", "glcbt-{h2}_{w20}"),
    ("GitLab trigger token", "GitLab, token prefixes: glptt- and 40 hex", "glptt-{h40}"),
    ("GitLab feed token", "GitLab, token prefixes: glft-", "glft-{w20}"),
    ("GitLab agent token", "GitLab, token prefixes: glagent- and 50", "glagent-{w50}"),
    ("GitLab OAuth secret", "GitLab, token prefixes: gloas- and 64", "gloas-{h64}"),
    ("Bitbucket app password", "Bitbucket Cloud: ATBB, 24 and a checksum", "ATBB{a24}{H8}"),
    ("Bitbucket access token", "Bitbucket Cloud: ATCTT", "ATCTT3xFfGN0{w160}={H8}"),
    ("Atlassian API token", "Atlassian account: ATATT", "ATATT3xFfGF0{w171}={H8}"),
    ("npm token", "npm, access tokens: npm_ and 36", "npm_{a36}"),
    ("PyPI token", "PyPI, API tokens: a macaroon", "pypi-AgEIcHlwaS5vcmc{w150-180}"),
    ("RubyGems key", "RubyGems API keys: rubygems_ and 48 hex", "rubygems_{h48}"),
    ("crates.io token", "crates.io: cio and 32", "cio{a32}"),
    ("NuGet key", "NuGet: oy2 and 43", "oy2{l43}"),
    ("Docker personal token", "Docker Hub: dckr_pat_ and 27", "dckr_pat_{w27}"),
    ("Docker organisation token", "Docker Hub: dckr_oat_ and 32", "dckr_oat_{w32}"),
    ("Buildkite token", "Buildkite API tokens: bkua_ and 40 hex", "bkua_{h40}"),
    ("SonarQube token", "SonarQube: sqp_ and 40 hex", "sqp_{h40}"),
    ("Artifactory key", "JFrog: AKCp and 69", "AKCp{a69}"),
)

_MODELS: Final = (
    ("OpenAI key", "OpenAI API keys, first format", "sk-{a20}T3BlbkFJ{a20}"),
    ("OpenAI project key", "OpenAI API keys", "sk-proj-{w74}T3BlbkFJ{w74}"),
    ("OpenAI service account key", "OpenAI API keys", "sk-svcacct-{w74}T3BlbkFJ{w74}"),
    ("OpenAI admin key", "OpenAI API keys", "sk-admin-{w58}T3BlbkFJ{w58}"),
    ("Anthropic key", "Anthropic API: sk-ant-api03-, 93 and AA", "sk-ant-api03-{w93}AA"),
    ("Anthropic admin key", "Anthropic admin API", "sk-ant-admin01-{w93}AA"),
    ("Anthropic OAuth token", "Claude Code credentials", "sk-ant-oat01-{w93}AA"),
    ("OpenRouter key", "OpenRouter: sk-or-v1- and 64 hex", "sk-or-v1-{h64}"),
    ("Hugging Face token", "Hugging Face hub: hf_ and 34 letters", "hf_{L34}"),
    ("Groq key", "Groq console: gsk_ and 52", "gsk_{a20}WGdyb3FY{a24}"),
    ("xAI key", "xAI console: xai- and 80", "xai-{a80}"),
    ("Perplexity key", "Perplexity API: pplx- and 48", "pplx-{a48}"),
    ("Replicate token", "Replicate: r8_ and 37", "r8_{a37}"),
)

_MESSENGERS: Final = (
    ("Slack bot token", "Slack, token types: xoxb-", "xoxb-{d12}-{d13}-{a24}"),
    ("Slack user token", "Slack, token types: xoxp-", "xoxp-{d12}-{d12}-{d13}-{h32}"),
    ("Slack app token", "Slack, token types: xapp-", "xapp-1-A{u10}-{d13}-{h64}"),
    ("Slack rotated token", "Slack, token rotation: xoxe.", "xoxe.xoxp-1-{w146}"),
    (
        "Slack webhook",
        "Slack, incoming webhooks",
        "https://hooks.slack.com/services/T{u10}/B{u10}/«{a24}»",
    ),
    ("Discord bot token", "Discord reference: id, time, signature", "{L1}T{a22}.{w6}.{w38}"),
    (
        "Discord webhook",
        "Discord, webhook resource",
        "https://discord.com/api/webhooks/{d19}/«{w68}»",
    ),
    ("Telegram bot token", "Telegram Bot API: id, colon, 35", "{d10}:AA{w33}"),
    (
        "Telegram bot token in a URL",
        "Telegram Bot API: making requests",
        "https://api.telegram.org/bot«{d10}:AA{w33}»/getMe",
    ),
    ("SendGrid key", "SendGrid: SG., 22 and 43", "SG.{w22}.{w43}"),
    ("Mailgun key", "Mailgun: key- and 32 hex", "key-{h32}"),
    ("Mailchimp key", "Mailchimp: 32 hex and the data centre", "{h32}-us{d2}"),
    ("Brevo key", "Brevo: xkeysib-", "xkeysib-{h64}-{a16}"),
    ("Twilio API key", "Twilio: SK and 32 hex", "SK{h32}"),
    ("FCM server key", "Firebase, legacy FCM: AAAA, 7, colon, APA91b", "AAAA{w7}:APA91b{w134}"),
)

_SHOPS: Final = (
    ("Stripe live key", "Stripe, API keys: sk_live_", "sk_live_{a24}"),
    ("Stripe long live key", "Stripe, API keys since 2018: sk_live_51", "sk_live_51{a97}"),
    ("Stripe test key", "Stripe, API keys: sk_test_", "sk_test_51{a97}"),
    ("Stripe restricted key", "Stripe, API keys: rk_live_", "rk_live_51{a97}"),
    ("Stripe webhook secret", "Stripe, webhook signatures: whsec_", "whsec_{a32}"),
    ("Shopify access token", "Shopify: shpat_ and 32 hex", "shpat_{h32}"),
    ("Shopify shared secret", "Shopify: shpss_ and 32 hex", "shpss_{h32}"),
    ("Square access token", "Square: EAAA and 60", "EAAA{w60}"),
    ("Square OAuth secret", "Square: sq0csp- and 43", "sq0csp-{w43}"),
)

_TOOLS: Final = (
    ("Linear key", "Linear: lin_api_ and 40", "lin_api_{a40}"),
    ("Notion token", "Notion since 2024: ntn_ and 46", "ntn_{d11}{a35}"),
    ("Notion legacy token", "Notion: secret_ and 43", "secret_{a43}"),
    ("Figma token", "Figma: figd_ and 40", "figd_{w40}"),
    ("Grafana service token", "Grafana: glsa_, 32 and a checksum", "glsa_{a32}_{h8}"),
    ("Grafana Cloud token", "Grafana Cloud: glc_ and JSON in base64", "glc_eyJ{b80-120}"),
    ("New Relic user key", "New Relic: NRAK- and 27", "NRAK-{u27}"),
    ("Sentry organisation token", "Sentry: sntrys_", "sntrys_eyJpYXQiO{b100-140}_{b43}"),
    ("Sentry user token", "Sentry: sntryu_ and 64 hex", "sntryu_{h64}"),
    ("PostHog personal key", "PostHog: phx_ and 43", "phx_{a43}"),
    ("Airtable token", "Airtable: pat, 14 and 64 hex", "pat{a14}.{h64}"),
    ("Dropbox token", "Dropbox short-lived: sl.", "sl.{w135-160}"),
    ("Postman key", "Postman: PMAK-", "PMAK-{h24}-{h34}"),
    ("Mapbox secret token", "Mapbox: sk. and a JWT's body", "sk.eyJ{a80}.{w22}"),
    ("1Password service token", "1Password: ops_ and JSON in base64", "ops_eyJ{b250-300}"),
    ("age secret key", "age specification: bech32", "AGE-SECRET-KEY-1{k58}"),
    (
        "JWT",
        "RFC 7519, RFC 7515 compact form",
        "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOi{a60-200}.{w43}",
    ),
    (
        "JWT signed with RSA",
        "RFC 7518: RS256",
        "eyJhbGciOiJSUzI1NiIsImtpZCI6I{a30}.eyJpc3MiOiJodHRwc{a300-500}.{w342}",
    ),
)

TOKENS: Final[tuple[Kind, ...]] = of_rows(
    Shape.TOKEN, (*_CLOUDS, *_FORGES, *_MODELS, *_MESSENGERS, *_SHOPS, *_TOOLS)
)
