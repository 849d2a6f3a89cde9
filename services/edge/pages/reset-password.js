/** Runs in the browser: sets the new password when the form is sent, never by merely opening the page. */
(() => {
  const token = new URLSearchParams(location.search).get('token');
  const form = document.querySelector('form');
  const input = document.querySelector('input');
  const button = document.querySelector('button');
  const status = document.querySelector('[role="status"]');

  function show(text) {
    status.textContent = text;
  }

  /** Ends the page: nothing is left to fill in, so the focus moves to the words that say why. */
  function finish(text) {
    form.hidden = true;
    show(text);
    status.focus();
  }

  /** What is wrong with the password, in the words of the API. */
  async function weaknessOf(response) {
    const { errors } = await response.json();
    const weakness = errors?.find(({ pointer }) => pointer === '/newPassword');
    return weakness && `The password ${weakness.detail[0].toLowerCase()}${weakness.detail.slice(1)}`;
  }

  async function setPassword(event) {
    event.preventDefault();
    button.disabled = true;
    show('One moment …');
    try {
      const response = await fetch('/v1/customers/password-reset/confirm', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ token, newPassword: input.value }),
        credentials: 'omit',
      });
      const weakness = response.status === 400 ? await weaknessOf(response) : undefined;
      if (response.ok) {
        // The token has done its work and need not stay in the history of the browser.
        history.replaceState(null, '', location.pathname);
        finish(
          'Your password is set, and you are signed out everywhere. You can close this page and log in.',
        );
      } else if (weakness) {
        show(weakness);
      } else if (response.status === 400 || response.status === 404) {
        finish('This link is not valid. Please open the link from the mail once more.');
      } else if (response.status === 410) {
        finish('This link does not work any more. Please ask for another mail.');
      } else {
        show('That did not work just now. Please try again in a moment.');
      }
    } catch {
      show('Florin could not be reached. Please check your connection and try again.');
    }
    button.disabled = false;
  }

  if (token) form.addEventListener('submit', setPassword);
  else finish('This link is incomplete. Please open the link from the mail once more.');
})();
