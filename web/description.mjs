// openapi/accessd.yaml as the generator of types wants it.
import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const web = path.dirname(fileURLToPath(import.meta.url));

/** Puts `required` that stands in an allOf of its own beside the properties, where the generator looks for it. */
function withRequired(node) {
  if (Array.isArray(node)) return node.map(withRequired);
  if (node === null || typeof node !== 'object') return node;
  const made = Object.fromEntries(Object.entries(node).map(([key, value]) => [key, withRequired(value)]));
  const isRequired = (part) => Object.keys(part).length === 1 && Array.isArray(part.required);
  if (made.properties && made.allOf?.every(isRequired)) {
    made.required = [...(made.required ?? []), ...made.allOf.flatMap((part) => part.required)];
    delete made.allOf;
  }
  return made;
}

/** The description of the API. `json` names the file that it is written to on the way. */
export async function readDescription(json) {
  execFileSync('/usr/bin/python3', [
    path.join(web, '../scripts/yaml_to_json.py'),
    path.join(web, '../openapi/accessd.yaml'),
    json,
  ]);
  return withRequired(JSON.parse(await readFile(json, 'utf8')));
}
