account-email = Adresse e-mail
account-password = Mot de passe
account-password-new = Nouveau mot de passe
account-password-hint = Au moins 10 caractères. Une petite phrase se retient bien.
account-full-name = Votre nom
account-you = Vous
account-business = Votre établissement
account-tenant-name = Nom de l’établissement
account-slug = Adresse publique
account-slug-hint = Vos clients réservent sur { $host }/votre-adresse. Laissée vide, elle est tirée du nom.
account-zone = Fuseau horaire
account-locale = Langue
account-locale-hint = Celle de votre page et de vos e-mails.

account-login-title = Connexion
account-login-lead = Votre agenda vous attend.
account-login-operators = La console de la plateforme, pour ses opérateurs.
account-login-button = Me connecter
account-login-link = Me connecter
account-login-new = Pas encore de compte ?
account-forgot-link = Mot de passe oublié ?

account-signup-title = Ouvrez votre page de réservation
account-signup-lead = Deux minutes, et vos clients réservent seuls. Gratuit jusqu’à 50 réservations par mois.
account-signup-button = Créer ma page
account-signup-link = Créer un compte
account-signup-known = Déjà un compte ?
account-signup-free = Sans carte bancaire. Changez de formule quand vous voulez.

account-sent-title = Consultez vos e-mails
account-sent-lead = Nous avons écrit à l’adresse indiquée. Ouvrez le lien de cet e-mail pour entrer.
account-sent-nothing = Rien reçu ?
account-sent-spam = Cela peut prendre une minute, ou se trouver dans les indésirables. Vous pouvez le redemander.
account-sent-again = Si l’adresse attend sa confirmation, l’e-mail est en route.
account-resend = Renvoyer l’e-mail
account-outbox = Lire l’e-mail (développement)

account-forgot-title = Mot de passe oublié ?
account-forgot-lead = Donnez-nous votre adresse : nous vous envoyons un lien pour en choisir un autre.
account-forgot-button = Envoyer le lien
account-forgot-sent-title = Consultez vos e-mails
account-forgot-sent-lead = S’il existe un compte à cette adresse, un lien pour choisir un nouveau mot de passe est en route. Il sert une seule fois, dans l’heure.

account-reset-title = Choisissez un nouveau mot de passe
account-reset-lead = Tous vos appareils seront déconnectés.
account-reset-button = Enregistrer et me connecter
account-password-changed = Votre mot de passe est changé. Connectez-vous avec le nouveau.
account-signed-out = Vous êtes déconnecté.

account-verify-title = Confirmez votre adresse
account-verify-lead = Saisissez le mot de passe choisi à l’inscription : il prouve que ce compte est le vôtre.
account-verify-lead-in = Un clic prouve que cet e-mail vous est parvenu.
account-verify-not-you = Vous ne vous êtes pas inscrit ? Ne faites rien : sans vous, ce compte reste non confirmé.
account-verify-button = Confirmer et entrer
account-verified = Votre adresse est confirmée. Bienvenue !

account-signed-out-everywhere = Tous les appareils sont déconnectés.
account-password-current = Mot de passe actuel

account-email-title = { $what ->
    [undo] Garder votre adresse ?
   *[confirm] Confirmez votre nouvelle adresse
}
account-email-lead = { $what ->
    [undo] Votre compte retrouve { $email }, tous les appareils sont déconnectés, et vous choisissez un autre mot de passe.
   *[confirm] Vous vous connecterez désormais avec { $email }.
}
account-email-button = { $what ->
    [undo] Garder mon adresse et tout déconnecter
   *[confirm] Confirmer ma nouvelle adresse
}
account-email-confirmed = Votre nouvelle adresse est confirmée.
account-email-undone = Vous gardez votre adresse. Tous les appareils sont déconnectés : choisissez un autre mot de passe.

account-code-title = Encore une étape
account-code-lead = Votre mot de passe est bon. Il manque le code de votre application.
account-code = Code
account-code-hint = Six chiffres de votre application, ou l’un de vos codes de secours.
account-code-hint-recovery = L’un de vos codes de secours.
account-code-lead-either = Votre mot de passe est bon. Il manque votre clé d’accès, ou le code de votre application.
account-code-lead-passkey = Votre mot de passe est bon. Il manque votre clé d’accès. Si vous ne l’avez pas sous la main, l’un de vos codes de secours vous laisse entrer.
account-code-passkey = Continuer avec une clé d’accès
account-code-or = Ou avec un code
account-code-or-recovery = Ou avec un code de secours
account-code-back = Me connecter autrement

account-invitation-title = Rejoignez { $tenant }
account-invitation-lead = Cette invitation est destinée à { $email }.
account-invitation-role = Rôle
account-invitation-button = Rejoindre
account-invitation-known = Vous avez déjà un compte avec cette adresse. Connectez-vous, et vous reviendrez ici.
account-invitation-other = Vous êtes connecté avec une autre adresse. Déconnectez-vous, puis rouvrez le lien.
account-joined = Bienvenue ! Vous êtes membre.
account-removed = Votre compte est supprimé.

account-unlock-title = Me laisser me connecter
account-unlock-lead = D’autres ont essayé de faux mots de passe pour { $email }. Continuez ici, et leurs essais ne vous arrêtent plus dans ce navigateur.
account-unlock-button = Continuer
account-unlocked = Vous pouvez vous connecter.

account-identity-other = Ou sans mot de passe
account-passkey-with = Me connecter avec une clé d’accès
account-passkey-failed = Cela n’a pas abouti, ou a été interrompu. Réessayez.
account-identity-with = { $provider ->
    [google] Continuer avec Google
   *[microsoft] Continuer avec Microsoft
}
account-identity-new = Ce compte n’est pas encore relié à Harmony. Connectez-vous avec votre mot de passe pour le relier, ou créez d’abord un compte.
account-identity-cancelled = Personne n’est connecté : vous vous êtes arrêté en chemin.
account-identity-late = Cela a pris trop de temps, ou a commencé dans un autre navigateur. Recommencez.
account-identity-away = L’autre service ne répond pas. Réessayez dans un instant, ou utilisez votre mot de passe.
account-identity-failed = L’autre service n’a pas dit qui vous êtes. Réessayez, ou utilisez votre mot de passe.
account-identity-unproven = L’autre service ne confirme pas votre adresse e-mail, ou votre entreprise ne l’admet pas.
account-identity-no-member = Votre compte n’est pas membre de cette entreprise.
account-identity-not-set-up = Cette façon de se connecter n’est pas en place. Utilisez votre mot de passe.
account-sso-with = Continuer par votre entreprise
account-sso-title = Connexion par votre entreprise
account-sso-lead = Pour les membres d’une entreprise qui a sa propre connexion.
account-sso-lead-of = { $tenant } a sa propre connexion. Vous continuez là-bas, puis vous revenez ici.
account-sso-business = Adresse publique de l’entreprise
account-sso-business-hint = La fin de l’adresse de sa page de réservation.
account-sso-next = Continuer
account-sso-go = Se connecter là-bas
account-sso-back = Se connecter avec un mot de passe
