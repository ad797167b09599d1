import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import type { PublicProject } from './context';
import { allWords, type Language } from './language';
import type { Words } from './words/words';

interface ShellProps {
  project: PublicProject | null;
  words: Words;
  language: Language;
  onLanguage: (language: Language) => void;
  children: ComponentChildren;
}

/** What stands around every step: the project's look, its papers, the language. */
export function Shell({ project, words, language, onLanguage, children }: ShellProps) {
  const picture = project?.branding.image_url;
  return (
    <div class={picture ? 'page with-picture' : 'page'}>
      {picture && <Picture class="side-picture" src={picture} />}
      <div class="column">
        <main class="card">
          {project && <Brand project={project} words={words} />}
          {children}
        </main>
        <footer>
          {project && <Papers project={project} words={words} />}
          <label class="language">
            <span class="for-readers">{words.language}</span>
            <select value={language} onChange={(event) => onLanguage(event.currentTarget.value as Language)}>
              {(project?.languages ?? (Object.keys(allWords) as Language[])).map((one) => (
                <option key={one} value={one} lang={one}>
                  {allWords[one].languageName}
                </option>
              ))}
            </select>
          </label>
        </footer>
      </div>
    </div>
  );
}

/** The site's sign: its logo, or the first letter of its name where there is none or it doesn't load. */
function Brand({ project, words }: { project: PublicProject; words: Words }) {
  const [isBroken, setBroken] = useState(false);
  const logo = project.branding.logo_url;
  return (
    <div class="brand">
      {logo && !isBroken ? (
        <img class="logo" src={logo} alt={project.name} referrerpolicy="no-referrer" onError={() => setBroken(true)} />
      ) : (
        <>
          <span class="letter" aria-hidden="true">
            {[...project.name.trim()][0]?.toUpperCase()}
          </span>
          <span class="name">{project.name}</span>
        </>
      )}
      {project.test && (
        <span class="test" title={words.testExplained}>
          {words.testProject}
        </span>
      )}
    </div>
  );
}

/** Decoration: without it the page is whole. */
function Picture({ class: name, src }: { class: string; src: string }) {
  const [isBroken, setBroken] = useState(false);
  if (isBroken) return null;
  return <img class={name} src={src} alt="" referrerpolicy="no-referrer" onError={() => setBroken(true)} />;
}

function Papers({ project, words }: { project: PublicProject; words: Words }) {
  const papers = [
    { url: project.privacy_url, text: words.privacy },
    { url: project.terms_url, text: words.terms },
  ];
  return (
    <>
      {papers.map(
        ({ url, text }) =>
          url && (
            <a key={text} href={url} target="_blank" rel="noopener noreferrer">
              {text}
            </a>
          ),
      )}
    </>
  );
}
