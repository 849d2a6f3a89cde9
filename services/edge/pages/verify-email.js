/** Runs in the browser: confirms the address when the button is pressed, never by merely opening the page. */
(() => {
  const token = new URLSearchParams(location.search).get('token');
  const button = document.querySelector('button');
  const status = document.querySelector('[role="status"]');

  function show(text) {
    status.textContent = text;
  }

  /** Ends the page: nothing is left to press, so the focus moves to the words that say why. */
  function finish(text) {
    button.hidden = true;
    show(text);
    status.focus();
  }

  async function confirmAddress() {
    button.disabled = true;
    show('One moment …');
    try {
      const response = await fetch('/v1/customers/verify-email', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ token }),
        credentials: 'omit',
      });
      if (response.ok) {
        // The token has done its work and need not stay in the history of the browser.
        history.replaceState(null, '', location.pathname);
        finish('Your email address is confirmed. You can close this page and log in.');
      } else if (response.status === 400 || response.status === 404) {
        finish('This link is not valid. Please open the link from the mail once more.');
      } else if (response.status === 410) {
        finish('This link has expired.');
      } else {
        show('That did not work just now. Please try again in a moment.');
      }
    } catch {
      show('Florin could not be reached. Please check your connection and try again.');
    }
    button.disabled = false;
  }

  if (token) button.addEventListener('click', confirmAddress);
  else finish('This link is incomplete. Please open the link from the mail once more.');
})();
