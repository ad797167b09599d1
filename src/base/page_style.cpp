#include "base/page_style.h"

namespace accessd {

std::string_view page_style()
{
    return "*{box-sizing:border-box}"
           ":root{color-scheme:light dark;--card:#fff;--ink:#171a21;--soft:#5a6270;--line:#dde1e8;"
           "--edge:#858d9b;--wash:#f3f5f9;--back:var(--ground,#f3f4f7);--alert:#fdeceb;"
           "--alert-ink:#7a1a14}"
           "@media(prefers-color-scheme:dark){:root{--card:#191c22;--ink:#f1f3f7;--soft:#a9b0be;"
           "--line:#353a45;--edge:#7d8594;--wash:#23272f;--back:#0f1115;--alert:#3a1e1f;"
           "--alert-ink:#ffd9d5}}"
           "body{margin:0;min-height:100vh;display:flex;background:var(--card);color:var(--ink);"
           "font:1rem/1.5 system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif}"
           "main{width:100%;padding:1.5rem 1.25rem 2rem;overflow-wrap:anywhere}"
           "@media(min-width:600px){body{background:var(--back);padding:2.5rem 1.5rem}"
           "main{max-width:27.5rem;margin:auto;padding:2.25rem 2.5rem;background:var(--card);"
           "border:1px solid var(--line);border-radius:20px;"
           "box-shadow:0 1px 2px rgb(15 20 35/5%),0 16px 40px -12px rgb(15 20 35/14%)}}"
           ".brand{display:flex;align-items:center;gap:.75rem;min-height:44px;margin:0 0 1.75rem;"
           "font-weight:600}"
           ".letter{flex:none;display:grid;place-items:center;width:40px;height:40px;"
           "border:1px solid var(--edge);border-radius:11px;background:var(--accent);"
           "color:var(--on-accent);font-size:1.25rem;font-weight:700}"
           "h1{margin:0 0 .5rem;font-size:1.625rem;line-height:1.22;letter-spacing:-.015em;"
           "text-wrap:balance}"
           "p{margin:0 0 1.25rem;color:var(--soft)}p strong{color:var(--ink)}form{margin:0 0 1.25rem}"
           ".code{padding:1rem .5rem;text-align:center;color:var(--ink);background:var(--wash);"
           "border:1px solid var(--line);border-radius:12px;letter-spacing:.25em;"
           "font:700 2rem/1.2 ui-monospace,'SF Mono',Menlo,Consolas,monospace}"
           ".soft{margin:0;font-size:.9375rem}"
           ".alert{padding:.75rem .875rem;border-radius:10px;background:var(--alert);"
           "color:var(--alert-ink);font-weight:500}"
           "label{display:block;margin-bottom:.375rem;font-size:.9375rem;font-weight:600}"
           "input{display:block;width:100%;height:52px;margin:0 0 1rem;padding:0 1rem;font:inherit;"
           "color:var(--ink);background:var(--card);border:1px solid var(--edge);border-radius:12px}"
           "button,.button{display:block;width:100%;min-height:52px;padding:.75rem 1rem;"
           "border:1px solid var(--edge);border-radius:12px;font:inherit;font-size:1.0625rem;"
           "font-weight:600;text-align:center;text-decoration:none;color:var(--on-accent);"
           "background:var(--accent);cursor:pointer}"
           ":focus-visible{outline:3px solid var(--ink);outline-offset:2px}"
           "details{border-top:1px solid var(--line);color:var(--soft);font-size:.9375rem}"
           "summary{min-height:48px;padding:.75rem 0 0;font-weight:500;cursor:pointer}"
           "pre{overflow:auto;margin:0 0 1rem;padding:.75rem;background:var(--wash);"
           "color:var(--ink);border:1px solid var(--line);border-radius:10px;font-size:.8125rem}";
}

}  // namespace accessd
