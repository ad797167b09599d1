import { render } from 'preact';

/** The slug of the address: /login/{slug}. */
const slug = decodeURIComponent(location.pathname.split('/')[2] ?? '');

render(<h1>{slug}</h1>, document.getElementById('root')!);
