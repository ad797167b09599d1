import { render } from 'preact';
import { App } from './app';
import { readContext } from './context';
import { chooseLanguage } from './language';
import './style.css';
import { wearTheme } from './theme';

const address = new URLSearchParams(location.search);
const context = readContext(document, address);
const plain = { logo_url: null, primary_color: null, background_color: null, text_color: null, image_url: null };
wearTheme(context.project?.branding ?? plain);
const language = chooseLanguage(
  address.get('language'),
  navigator.languages,
  context.project?.default_language ?? 'en',
);
render(<App context={context} firstLanguage={language} />, document.getElementById('root')!);

// A page that the browser kept and shows again ("back") holds a login that is over.
addEventListener('pageshow', (event) => {
  if (event.persisted) location.reload();
});
