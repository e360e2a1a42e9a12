"""The tables of this account. Times are microseconds since 1970, `*_baixo` case-folded copies to search in."""

TABLES = """
CREATE TABLE campos (seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, nome TEXT NOT NULL, nome_baixo TEXT NOT NULL,
    criado INTEGER NOT NULL);
CREATE TABLE listas (seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, nome TEXT NOT NULL, nome_baixo TEXT NOT NULL,
    ativo INTEGER NOT NULL, contatos_ativos INTEGER NOT NULL DEFAULT 0, criado INTEGER NOT NULL);
CREATE TABLE contatos (seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, nome TEXT NOT NULL, nome_baixo TEXT NOT NULL,
    email TEXT NOT NULL, email_baixo TEXT NOT NULL UNIQUE, sexo TEXT, nascimento TEXT, qualidade INTEGER NOT NULL,
    ativo INTEGER NOT NULL, descadastrado INTEGER NOT NULL, recebeu INTEGER NOT NULL DEFAULT 0,
    criado INTEGER NOT NULL);
CREATE INDEX contatos_por_status ON contatos (descadastrado, ativo);
CREATE TABLE inscricoes (contato INTEGER NOT NULL, lista INTEGER NOT NULL, PRIMARY KEY (contato, lista)) WITHOUT ROWID;
CREATE INDEX inscricoes_por_lista ON inscricoes (lista, contato);
CREATE TABLE valores (contato INTEGER NOT NULL, campo INTEGER NOT NULL, valor TEXT NOT NULL, valor_baixo TEXT NOT NULL,
    PRIMARY KEY (contato, campo)) WITHOUT ROWID;
CREATE INDEX valores_por_campo ON valores (campo);
CREATE TABLE remetentes (seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, nome TEXT NOT NULL, nome_baixo TEXT NOT NULL,
    email TEXT NOT NULL, email_baixo TEXT NOT NULL, principal INTEGER NOT NULL, confirmado INTEGER NOT NULL,
    criado INTEGER NOT NULL);
CREATE TABLE mensagens (seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, contador INTEGER NOT NULL,
    assunto TEXT NOT NULL, assunto_baixo TEXT NOT NULL, html TEXT NOT NULL, nome TEXT, nome_baixo TEXT,
    email_resposta TEXT, mensagem_descadastro TEXT, ja_enviada INTEGER NOT NULL, criado INTEGER NOT NULL);
CREATE TABLE envios (seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, codigo INTEGER NOT NULL UNIQUE,
    mensagem INTEGER NOT NULL, remetente INTEGER, status INTEGER NOT NULL, inicio INTEGER NOT NULL, termino INTEGER,
    total INTEGER NOT NULL, enviados INTEGER NOT NULL DEFAULT 0, proximo INTEGER, criado INTEGER NOT NULL);
CREATE INDEX envios_por_proximo ON envios (proximo) WHERE proximo IS NOT NULL;
CREATE TABLE envio_listas (envio INTEGER NOT NULL, lista INTEGER NOT NULL, PRIMARY KEY (envio, lista)) WITHOUT ROWID;
CREATE TABLE entregas (envio INTEGER NOT NULL, contato INTEGER NOT NULL, contato_id TEXT NOT NULL, email TEXT NOT NULL,
    mensagem_id TEXT NOT NULL, html_sha256 TEXT NOT NULL, em INTEGER NOT NULL,
    PRIMARY KEY (envio, contato)) WITHOUT ROWID;
CREATE INDEX entregas_por_contato ON entregas (contato);
CREATE TABLE lista_teste (email TEXT NOT NULL);
CREATE TABLE testes (seq INTEGER PRIMARY KEY, mensagem_id TEXT NOT NULL, html_sha256 TEXT NOT NULL, email TEXT NOT NULL,
    em INTEGER NOT NULL);
"""

COUNTERS = """
CREATE TRIGGER inscrito AFTER INSERT ON inscricoes BEGIN
    UPDATE listas SET contatos_ativos = contatos_ativos + 1 WHERE seq = NEW.lista
        AND EXISTS (SELECT 1 FROM contatos WHERE seq = NEW.contato AND ativo AND NOT descadastrado);
END;
CREATE TRIGGER desinscrito AFTER DELETE ON inscricoes BEGIN
    UPDATE listas SET contatos_ativos = contatos_ativos - 1 WHERE seq = OLD.lista
        AND EXISTS (SELECT 1 FROM contatos WHERE seq = OLD.contato AND ativo AND NOT descadastrado);
END;
CREATE TRIGGER mudou_de_status AFTER UPDATE OF ativo, descadastrado ON contatos
WHEN (OLD.ativo AND NOT OLD.descadastrado) <> (NEW.ativo AND NOT NEW.descadastrado) BEGIN
    UPDATE listas SET contatos_ativos = contatos_ativos
        + CASE WHEN NEW.ativo AND NOT NEW.descadastrado THEN 1 ELSE -1 END
        WHERE seq IN (SELECT lista FROM inscricoes WHERE contato = NEW.seq);
END;
"""
"""Keep `contatos_ativos` right at every write; counting at every read would cost a scan per list shown."""
