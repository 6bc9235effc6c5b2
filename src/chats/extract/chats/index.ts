export { readChats, type ReadChatsOptions } from "./read-chats.ts";
export { ChatSource } from "./chat-source.ts";
