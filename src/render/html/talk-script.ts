/**
 * Telnyx's web client, pinned to one release and to its bytes. A page loads it from a public copy of the npm
 * registry, because it is too large for every page to carry.
 */
export const WEB_CLIENT = {
  url: 'https://cdn.jsdelivr.net/npm/@telnyx/webrtc@2.27.10/lib/bundle.js',
  integrity: 'sha384-Cg5mHDa8vZl3NVINnhGwGfzhF4ikUKtETZfyY3DVTBAwWzu+fKMyE5Rm68pGdk09',
} as const;

/**
 * The script of the page: one call at a time. Whatever is foreign stands in attributes of the buttons and never in
 * here. A session that was opened without credentials is bound to its assistant, whatever number is called.
 */
export const TALK_SCRIPT = `(() => {
  const status = document.getElementById('status');
  const hangup = document.getElementById('hangup');
  const mute = document.getElementById('mute');
  const buttons = [...document.querySelectorAll('button[data-target]')];
  const say = (text, bad) => { status.textContent = text; status.className = bad ? 'bad' : ''; };
  const sdk = window.TelnyxWebRTC;
  if (!sdk || !sdk.TelnyxRTC) {
    for (const button of buttons) button.disabled = true;
    say('The web client of Telnyx could not be loaded. This page needs the network, and a network that lets cdn.jsdelivr.net through.', true);
    return;
  }
  let client, call, began;
  const busy = (on) => {
    for (const button of buttons) button.disabled = on;
    hangup.disabled = !on;
    mute.disabled = !on;
    mute.textContent = 'Mute';
  };
  const end = (text, bad) => {
    if (!client) return;
    const old = client;
    client = undefined;
    call = undefined;
    try { old.disconnect(); } catch {}
    busy(false);
    say(text, bad);
  };
  const start = (button) => {
    const { target, version, name } = button.dataset;
    const login = { target_type: 'ai_assistant', target_id: target };
    if (version) login.target_version_id = version;
    busy(true);
    say('Connecting to ' + name + ' …');
    const own = new sdk.TelnyxRTC({ anonymous_login: login });
    client = own;
    own.remoteElement = 'voice';
    own.on('telnyx.ready', () => {
      if (client !== own || call) return;
      say('Calling ' + name + ' …');
      call = own.newCall({ destinationNumber: 'ai_assistant', callerName: 'Preview', audio: true, video: false });
    });
    own.on('telnyx.notification', (event) => {
      if (client !== own || !event) return;
      if (event.type === 'userMediaError') return end('The microphone cannot be used: allow it for this page.', true);
      const state = event.call && event.call.state;
      if (state === 'active') { began = true; say('Talking to ' + name + '.'); }
      if (state === 'hangup' || state === 'destroy') {
        end(began ? 'The call ended.' : 'The call was not answered.', !began);
        began = undefined;
      }
    });
    const failed = (event) => {
      if (client !== own) return;
      const error = event && (event.error || event);
      end('The call failed: ' + ((error && error.message) || 'Telnyx refused it or cannot be reached') + '. The version may have been removed, or the assistant takes no calls without credentials.', true);
    };
    own.on('telnyx.error', failed);
    own.on('telnyx.socket.error', failed);
    try { Promise.resolve(own.connect()).catch(failed); } catch (error) { failed(error); }
  };
  for (const button of buttons) button.addEventListener('click', () => start(button));
  hangup.addEventListener('click', () => {
    try { if (call) call.hangup(); } catch {}
    end('You hung up.');
    began = undefined;
  });
  mute.addEventListener('click', () => {
    if (!call) return;
    const muted = mute.textContent === 'Mute';
    if (muted) call.muteAudio(); else call.unmuteAudio();
    mute.textContent = muted ? 'Unmute' : 'Mute';
  });
  addEventListener('beforeunload', () => { if (client) client.disconnect(); });
  say('Ready. Your browser will ask for the microphone.');
})();
`;
