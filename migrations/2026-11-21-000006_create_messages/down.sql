DROP TABLE documents, messages;
