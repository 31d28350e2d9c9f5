export default { open: "Open the chat", close: "Close", ask: "Ask something" };
