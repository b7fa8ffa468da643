/**
 * The enrollment page: what somebody sees whose device the network does not know.
 *
 * Anybody may read it, also who is not let in, so it names nothing of this installation. It
 * says what to do in words; it holds no form, no script and no style.
 *
 * @module
 */

export const enrollmentPage = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Enroll this device</title>
</head>
<body>
<main>
<h1>This device is not enrolled yet</h1>
<p>The network lets in devices that are enrolled. It takes a few minutes.</p>
<ol>
<li>Ask your help desk for an <strong>enrollment code</strong>. It begins with <code>SGD-</code> and works for a few days.</li>
<li>Install the agent that your help desk names, with the permission of an administrator of this device.</li>
<li>On the device, run <code>sallygate hub enroll --console</code> and the address of this page up to its first single slash.
Type the code when you are asked for it, and your user name and password if you are asked for them.</li>
<li>Connect to the network again.</li>
</ol>
<h2>It was enrolled before</h2>
<p>Switch it on, connect it to any network that reaches this page, and wait a quarter of an hour: its agent reports by itself.
If nothing changes, run <code>sallygate hub status</code> on it and tell your help desk what it says.</p>
<h2>A phone, or a device without such an agent</h2>
<p>If your organization manages it with another product, open that product's app and let it check in. Many phones show a
made-up hardware address to each network; switch that off for this network in the phone's Wi-Fi settings.</p>
</main>
</body>
</html>
`
