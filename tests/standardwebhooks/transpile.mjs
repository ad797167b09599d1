// TypeScript on standard input, JavaScript on standard output; its mistakes of form are errors.
import { readFileSync } from 'node:fs';

import ts from 'typescript';

const { outputText, diagnostics } = ts.transpileModule(readFileSync(0, 'utf8'), {
  reportDiagnostics: true,
  compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 },
});
if (diagnostics.length > 0) {
  console.error(diagnostics.map((one) => one.messageText));
  process.exit(1);
}
process.stdout.write(outputText);
