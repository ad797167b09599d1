// Builds what accessd serves to browsers: node build.mjs [folder] [docs|console|login]...
//
// The folder is dist beside this file, and everything is built, unless they are named. Each file that
// compresses well gets a .gz and a .br beside it, so that the server never compresses.
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const web = path.dirname(fileURLToPath(import.meta.url));
const out = path.resolve(process.argv[2] ?? path.join(web, 'dist'));
const wanted = process.argv.length > 3 ? process.argv.slice(3) : ['docs', 'console', 'login'];

/** A file of an installed package. */
function packaged(name, file) {
  try {
    return path.join(path.dirname(createRequire(import.meta.url).resolve(`${name}/package.json`)), file);
  } catch {
    console.error(`web: the package ${name} is not installed. Run scripts/setup first.`);
    process.exit(1);
  }
}

async function buildDocs() {
  const sources = [
    ...['swagger-ui-bundle.js', 'swagger-ui-bundle.js.LICENSE.txt', 'swagger-ui.css', 'favicon-32x32.png'].map(
      (file) => packaged('swagger-ui-dist', file),
    ),
    ...(await readdir(path.join(web, 'docs'))).sort().map((file) => path.join(web, 'docs', file)),
  ];
  const folder = path.join(out, 'docs');
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  for (const source of sources) {
    let bytes = await readFile(source);
    if (/\.(js|css)$/.test(source)) {
      // The maps are larger than the program and are not served.
      bytes = Buffer.from(bytes.toString('utf8').replace(/\n\/[/*]# sourceMappingURL=[^\n]*\n?$/, '\n'));
    }
    await write(path.join(folder, path.basename(source)), bytes);
  }
}

/** A workspace that Vite builds: its index.html, and assets whose names hold their hash. */
async function buildApp(name) {
  packaged('vite', 'package.json');
  const { build } = await import('vite');
  const folder = path.join(out, name);
  await build({ root: path.join(web, name), logLevel: 'warn', build: { outDir: folder, emptyOutDir: true } });
  for (const file of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!file.isFile()) continue;
    const full = path.join(file.parentPath, file.name);
    await compress(full, await readFile(full));
  }
}

async function write(file, bytes) {
  await writeFile(file, bytes);
  await compress(file, bytes);
}

async function compress(file, bytes) {
  const packed = gzipSync(bytes, { level: 9 });
  // Only where it saves at least a tenth: a picture is compressed already.
  if (packed.length >= bytes.length * 0.9) return;
  await writeFile(`${file}.gz`, packed);
  await writeFile(
    `${file}.br`,
    brotliCompressSync(bytes, {
      params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
    }),
  );
}

for (const name of wanted) await (name === 'docs' ? buildDocs() : buildApp(name));
