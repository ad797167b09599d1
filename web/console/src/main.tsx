import '@mantine/core/styles.css';
import '@mantine/charts/styles.css';
import '@mantine/notifications/styles.css';
import './page.css';

import { setNonce } from 'get-nonce';
import { createRoot } from 'react-dom/client';

import { Console } from './console.tsx';

// The server puts a nonce into the page: styles that components make carry it, and pass the policy.
const nonce = document.querySelector<HTMLMetaElement>('meta[name=style-nonce]')?.content ?? '';
setNonce(nonce);

createRoot(document.getElementById('root')!).render(<Console styleNonce={nonce} />);
