// Builds what accessd serves to browsers: node build.mjs [folder]   (default: dist beside this file)
//
// So far that is docs/, the reference of the API: Swagger UI and our own page around it. Each file
// that compresses well gets a .gz beside it, so that the server never compresses.
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const web = path.dirname(fileURLToPath(import.meta.url));
const out = path.resolve(process.argv[2] ?? path.join(web, 'dist'));

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

async function write(file, bytes) {
  await writeFile(file, bytes);
  const packed = gzipSync(bytes, { level: 9 });
  // Only where it saves at least a tenth: a picture is compressed already.
  if (packed.length < bytes.length * 0.9) await writeFile(`${file}.gz`, packed);
}

await buildDocs();
