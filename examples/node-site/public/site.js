// "In a window": accessd.js opens the login page and hands its code to this page, which gives it to our server.
document.getElementById('in-a-window')?.addEventListener('click', async () => {
  try {
    const begin = async () => (await fetch('/login/begin', { method: 'POST' })).json();
    const { code, state } = await accessd.open(begin);
    const answer = await fetch('/signed-in', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ code, state }),
    });
    location.assign(answer.ok ? '/' : '/?note=failed');
  } catch (error) {
    // The person closed the window or turned back. There is nothing to say.
    if (error.code !== 'closed' && error.code !== 'access_denied') throw error;
  }
});
