import { solve } from './solve';

// Beside the page, which stays awake for the person meanwhile.
addEventListener('message', (event: MessageEvent<{ challenge: string; difficulty: number }>) => {
  postMessage(solve(event.data.challenge, event.data.difficulty));
});
